/* SPDX-License-Identifier: MIT */
/*
 * The contract between boardc (which writes the board overlay) and the firmware (which reads it):
 * names of the node and its properties, and their allowed ranges.
 * README.md lists the YAML key of each.
 *
 * The overlay has one fragment with target-path "/" that sets /model and /compatible and adds
 * BOARD_NODE. Numbers are one big-endian cell; texts end in a NUL; flags are there or not.
 */
#ifndef BOARD_DT_H
#define BOARD_DT_H

#define BOARD_NODE       "flashlab" /* "/flashlab"; taken out before a ROM sees the tree */
#define BOARD_COMPATIBLE "flashlab,phone"

#define BOARD_CODENAME        "codename"        /* text, 1 to 31 of [a-z0-9_] */
#define BOARD_NAME            "market-name"     /* text, 1 to 47 printable ASCII */
#define BOARD_OS              "os"              /* text: BOARD_OS_... */
#define BOARD_RELEASED        "released"        /* cell: year * 100 + month */
#define BOARD_POLICY_LIST     "policy-list"     /* flag: on the shipped ROMs' region list */
#define BOARD_BOOTLOADER_LOCK "bootloader-lock" /* flag */
#define BOARD_VERIFIED_BOOT   "verified-boot"   /* flag */
#define BOARD_ANTI_ROLLBACK   "anti-rollback"   /* flag */
#define BOARD_PANEL_WIDTH     "panel-width-px"  /* cell */
#define BOARD_PANEL_HEIGHT    "panel-height-px" /* cell */
#define BOARD_SLOT_COUNT      "slot-count"      /* cell: 0 or 2 */
#define BOARD_REGIME          "regime" /* text: announced, shipped, none; the lab's switch */

#define BOARD_OS_MIUI        "miui"
#define BOARD_OS_ANDROID_ONE "android-one"

#define BOARD_REGIME_ANNOUNCED "announced"
#define BOARD_REGIME_SHIPPED   "shipped"
#define BOARD_REGIME_NONE      "none"

#define BOARD_RELEASED_MIN        201001
#define BOARD_RELEASED_MAX        209912
#define BOARD_PANEL_WIDTH_PX_MIN  480
#define BOARD_PANEL_WIDTH_PX_MAX  1080
#define BOARD_PANEL_HEIGHT_PX_MIN 800
#define BOARD_PANEL_HEIGHT_PX_MAX 2400

#endif
