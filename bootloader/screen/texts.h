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
    X(subtitle, MEDIUM, 36, OWN)                                                                   \
    X(display, MEDIUM, 80, OWN)                                                                    \
    X(wordmark, LIGHT, 76, OWN)

/* The roles of screens.c, each in its style on a wide and on a narrow panel. */
#define AS_TITLE    (IN(title) | IN(body))
#define AS_SUBTITLE (IN(subtitle) | IN(caption))
#define AS_BODY     IN(body)
#define AS_CAPTION  IN(caption)
#define AS_WORD     (IN(display) | IN(title))

/* X(ID, styles of the English, English, styles of the Chinese, Chinese) */
#define TEXTS(X)                                                                                   \
    X(NOTHING, 0, "", 0, "")                                                                       \
    X(NAME, IN(wordmark), "Flashlab", 0, "")                                                       \
    X(ABOUT, AS_CAPTION, "A virtual phone flashing lab", AS_CAPTION, "虚拟手机刷机实验室")         \
    X(UNLOCKED, AS_BODY, "Unlocked", 0, "")                                                        \
                                                                                                   \
    X(REGION_TITLE, AS_TITLE, "This MIUI version can't be installed on this device",               \
      AS_SUBTITLE, "此 MIUI 版本无法安装在此设备上")                                               \
    X(MADE_FOR, AS_BODY, "This phone was made for", AS_BODY, "本机销售地区")                       \
    X(ROM_IS_FOR, AS_BODY, "This ROM is for", AS_BODY, "系统适用地区")                             \
    X(ROM_MARKER, AS_BODY, "ROM's region mark", AS_BODY, "系统地区标记")                           \
    X(REGION_CN, AS_WORD, "China", AS_WORD, "中国")                                                \
    X(REGION_GLOBAL, AS_WORD, "Global", AS_WORD, "国际")                                           \
    X(REGION_NONE, AS_WORD, "None", AS_WORD, "无")                                                 \
    X(REGION_OTHER, AS_WORD, "Other", AS_WORD, "其他")                                             \
    X(INSTALL_CN, AS_BODY, "Install the China ROM, made for this phone.", AS_BODY,                 \
      "请安装与本机销售地区一致的中国版系统。")                                                    \
    X(INSTALL_GLOBAL, AS_BODY, "Install the Global ROM, made for this phone.", AS_BODY,            \
      "请安装与本机销售地区一致的国际版系统。")                                                    \
    X(INSTALL_OTHER, AS_BODY, "Install a ROM made for this phone.", AS_BODY,                       \
      "请安装适用于本机的系统。")                                                                  \
    X(BUY, AS_BODY, "Buy phones through official channels.", AS_BODY, "请通过官方渠道购买手机。")  \
                                                                                                   \
    X(DESTROYED, AS_TITLE, "The system has been destroyed", AS_TITLE, "系统已损坏")                \
    X(PRESS_POWER, AS_BODY, "Press power button to shutdown", AS_BODY, "按电源键关机")             \
    X(BAD_SIGNATURE, AS_BODY, "The ROM carries no valid signature.", AS_BODY,                      \
      "系统没有有效的签名。")                                                                      \
    X(BAD_HASH, AS_BODY, "The ROM was changed after it was signed.", AS_BODY,                      \
      "系统在签名之后被改动过。")                                                                  \
    X(WRONG_KEY, AS_BODY, "The ROM is signed with a key that this phone does not trust.", AS_BODY, \
      "系统使用了本机不信任的密钥签名。")                                                          \
    X(ROLLBACK, AS_BODY, "The ROM is older than this phone allows.", AS_BODY,                      \
      "系统版本低于本机允许的最低版本。")                                                          \
                                                                                                   \
    X(NO_ROM_TITLE, AS_TITLE, "There is no ROM to start", AS_TITLE, "没有可以启动的系统")          \
                                                                                                   \
    X(HARDWARE_TITLE, AS_TITLE, "This phone is damaged", AS_TITLE, "本机已损坏")                   \
    X(BAD_GPT, AS_BODY, "Both copies of the partition table are unreadable.", AS_BODY,             \
      "分区表的两个副本均无法读取。")                                                              \
    X(BAD_BOARD, AS_BODY, "The data that describes this phone is unreadable.", AS_BODY,            \
      "描述本机的数据无法读取。")                                                                  \
    X(BAD_STATE, AS_BODY, "What this phone remembers of itself is unreadable.", AS_BODY,           \
      "本机保存的状态无法读取。")                                                                  \
    X(FACTORY, AS_BODY, "It has to be set up again as it left the factory.", AS_BODY,              \
      "需要恢复到出厂时的状态。")                                                                  \
                                                                                                   \
    X(PANIC_TITLE, AS_TITLE, "The firmware has stopped", AS_TITLE, "固件已停止运行")               \
    X(PANIC_WHY, AS_BODY,                                                                          \
      "This is a fault in the lab's firmware.\nPlease report it with the text below.", AS_BODY,    \
      "这是实验室固件自身的错误。\n请连同下面的文字一起报告。")                                    \
                                                                                                   \
    X(SEPARATOR, AS_CAPTION, "  ·  ", 0, "")

#include "screen/texts_declare.h"

#endif
