/* SPDX-License-Identifier: MIT */
/*
 * What the bootloader's screens say, in English and Chinese, and in which styles. Stage screen.
 *
 * Read by screens.c, by its test, and by glyphc, which rasterises just the characters named here.
 * The format, and how another program brings texts of its own: screen/README.md.
 */
#ifndef SCREEN_TEXTS_H
#define SCREEN_TEXTS_H

/* X(name, font, size in pixels, letters): fonts and letters are listed in README.md. */
#define TYPE_STYLES(X)                                                                             \
    X(caption, REGULAR, 26, ASCII)                                                                 \
    X(body, REGULAR, 32, ASCII)                                                                    \
    X(title, MEDIUM, 46, ASCII)                                                                    \
    X(display, MEDIUM, 84, OWN)

/* X(ID, styles of the English, English, styles of the Chinese, Chinese) */
#define TEXTS(X)                                                                                   \
    X(NAME, IN(display), "Flashlab", 0, "")                                                        \
    X(ABOUT, IN(caption), "A virtual phone flashing lab", IN(caption), "虚拟刷机实验室")           \
    X(UNLOCKED, IN(body), "Unlocked", IN(body), "")                                                \
                                                                                                   \
    X(REGION_TITLE, IN(title), "This MIUI version can't be installed on this device", IN(body),    \
      "此 MIUI 版本无法安装在此设备上")                                                            \
    X(MADE_FOR, IN(caption), "This phone was made for", IN(caption), "本机销售地区")               \
    X(ROM_IS_FOR, IN(caption), "This ROM is for", IN(caption), "此系统适用地区")                   \
    X(REGION_CN, IN(display) | IN(title), "China", IN(display) | IN(title), "中国")                \
    X(REGION_GLOBAL, IN(display) | IN(title), "Global", IN(display) | IN(title), "国际")           \
    X(REGION_NONE, IN(display) | IN(title), "None", IN(display) | IN(title), "无")                 \
    X(REGION_OTHER, IN(display) | IN(title), "Other", IN(display) | IN(title), "其他")

#include "screen/texts_declare.h"

#endif
