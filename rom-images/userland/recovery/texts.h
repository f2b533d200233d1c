/* SPDX-License-Identifier: MIT */
/*
 * What the recovery says, in English and Chinese, and in which styles.
 * The format is that of bootloader/screen/README.md.
 *
 * The English of the main menu, of the help and of the mismatch is the real phones', and so is the
 * Chinese of the sideload; all other texts are the lab's.
 */
#ifndef USERLAND_RECOVERY_TEXTS_H
#define USERLAND_RECOVERY_TEXTS_H

#include "userland/recovery/fault.h"

/* X(name, font, size in pixels, letters) */
#define TYPE_STYLES(X)                                                                             \
    X(title, MEDIUM, 52, ASCII)                                                                    \
    X(item, REGULAR, 46, ASCII)                                                                    \
    X(under, REGULAR, 34, ASCII)                                                                   \
    X(body, REGULAR, 36, ASCII)                                                                    \
    X(help, REGULAR, 28, ASCII)                                                                    \
    X(warning, MEDIUM, 38, ASCII)

/* X(ID, styles of the English, English, styles of the Chinese, Chinese) */
#define TEXTS(X)                                                                                   \
    X(NOTHING, 0, "", 0, "")                                                                       \
    X(MAIN_MENU, IN(title), "Main Menu", IN(under), "主菜单")                                      \
    X(REBOOT, IN(item), "Reboot", IN(under), "重启手机")                                           \
    X(WIPE_DATA, IN(item) | IN(title), "Wipe Data", IN(under), "清除数据")                         \
    X(ASSISTANT, IN(item) | IN(title), "Connect with MIAssistant", IN(under), "连接小米助手")      \
    X(CANCEL, IN(item), "Cancel", IN(under), "取消")                                               \
    X(CONFIRM, IN(item), "Confirm", IN(under), "确认")                                             \
    X(BACK, IN(item), "Back to Main Menu", IN(under), "返回主菜单")                                \
                                                                                                   \
    X(WIPE_BODY, IN(body), "Everything on this phone will be erased. This cannot be undone.",      \
      IN(under), "手机上的所有数据将被清除，\n且无法恢复。")                                       \
    X(WIPED_BODY, IN(body), "All data has been erased.", IN(under), "所有数据已清除。")            \
    X(WIPE_FAILED_BODY, IN(body), "The data could not be erased.", IN(under), "数据清除失败。")    \
    X(WAITING_BODY, IN(body),                                                                      \
      "Waiting for the computer. Type there:\nadb connect 127.0.0.1:PORT\nadb sideload ROM.zip",   \
      IN(under), "等待电脑连接。\n请在电脑上输入以上命令。")                                       \
    X(CHECKING_BODY, IN(body), "Receiving and checking the package. Nothing is written yet.",      \
      IN(under), "正在接收并校验安装包，尚未写入任何内容。")                                       \
    X(INSTALLING_BODY, IN(body), "Installing. Do not switch the phone off.", IN(under),            \
      "正在安装，请勿关机。")                                                                      \
    X(INSTALLED_BODY, IN(body), "The package is installed.", IN(under), "安装完成。")              \
    X(REFUSED_BODY, IN(body), "This package was not installed.", IN(under), "未安装此安装包。")    \
                                                                                                   \
    X(HELP_SELECT, IN(help), "Use VOLUME to select up/down", IN(help), "音量键上下选择")           \
    X(HELP_CONFIRM, IN(help), "Use POWER key to confirm", IN(help), "电源键确认")                  \
    X(HELP_KEYBOARD, IN(help), "Keyboard: arrow up, arrow down, Enter", IN(help),                  \
      "键盘：上、下方向键，回车键")                                                                \
    X(MISMATCH, IN(warning), "This MIUI version can't be installed on this device", IN(under),     \
      "此 MIUI 版本无法安装在本设备上")                                                            \
    X(ASKED, IN(warning), "This was asked for, and cannot be done here:", IN(under),               \
      "收到了这里无法执行的请求：")                                                                \
                                                                                                   \
    RECOVERY_FAULTS(X)

#include "screen/texts_declare.h"

#endif
