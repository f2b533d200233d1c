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
    X(title, MEDIUM, 46, OWN)                                                                      \
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
    X(REGION_TITLE, AS_TITLE, "This MIUI version can't be installed on this device", AS_SUBTITLE,  \
      "此 MIUI 版本无法安装在此设备上")                                                            \
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
    X(UNSUPPORTED, AS_BODY, "The ROM is signed in a way that this phone cannot check.", AS_BODY,   \
      "本机无法读取系统的签名。")                                                                  \
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
    X(NO_RECOVERY_TITLE, AS_TITLE, "There is no recovery to start", AS_TITLE,                      \
      "没有可以启动的恢复系统")                                                                    \
    X(NO_RECOVERY_WHY, AS_BODY, "This phone has no recovery image that can be started.", AS_BODY,  \
      "本机没有可以启动的恢复镜像。")                                                              \
                                                                                                   \
    X(BOOT_LOOP_TITLE, AS_TITLE, "The system does not start", AS_TITLE, "系统无法启动")              \
    X(BOOT_LOOP_WHY, AS_BODY, "It restarted the phone five times before it was ready.", AS_BODY,   \
      "系统未能启动完成，已连续五次重启。")                                                        \
    X(BOOT_LOOP_CURE, AS_BODY, "Install it again in fastboot mode, or try once more from there.",  \
      AS_BODY, "请在 fastboot 中重新安装系统，或从那里再试一次。")                                 \
                                                                                                   \
    X(YELLOW_WHAT, AS_BODY, "Your device has loaded a different operating system.", AS_BODY,       \
      "您的设备加载了其他操作系统。")                                                              \
    X(YELLOW_WHO, AS_BODY, "It is signed with a key that this phone's owner chose.", AS_BODY,      \
      "该系统使用机主自行设置的密钥签名。")                                                        \
    X(ORANGE_WHAT, AS_BODY,                                                                        \
      "The boot loader is unlocked and software integrity cannot be guaranteed.", AS_BODY,         \
      "引导程序已解锁，无法保证软件的完整性。")                                                    \
    X(ORANGE_DATA, AS_BODY,                                                                        \
      "Any data stored on the device may be available to attackers. "                              \
      "Do not store any sensitive data on the device.",                                            \
      AS_BODY, "设备上存储的数据可能会被攻击者获取，请勿在设备上存储敏感数据。")                   \
    X(RED_WHAT, AS_BODY, "Your device is corrupt. It can't be trusted and will not boot.",         \
      AS_BODY, "您的设备已损坏，不再可信，无法启动。")                                             \
    X(KEY_ID, AS_BODY, "ID: ", 0, "")                                                              \
                                                                                                   \
    X(WAIT_START, AS_BODY, "Starting in", AS_BODY, "秒后启动")                                     \
    X(WAIT_OFF, AS_BODY, "Switching off in", AS_BODY, "秒后关机")                                  \
    X(WAIT_SECONDS, AS_BODY, " s", 0, "")                                                          \
    X(WAIT_PAUSED, AS_BODY, "Paused", AS_BODY, "已暂停")                                           \
                                                                                                   \
    X(CAP_UP, AS_CAPTION, "Up", 0, "")                                                             \
    X(CAP_DOWN, AS_CAPTION, "Down", 0, "")                                                         \
    X(CAP_ENTER, AS_CAPTION, "Enter", 0, "")                                                       \
    X(KEYS_OFF, AS_CAPTION, "Power: switch off", AS_CAPTION, "电源键：关机")                       \
    X(KEYS_FASTBOOT, AS_CAPTION, "fastboot", AS_CAPTION, "进入 fastboot")                          \
    X(KEYS_PAUSE, AS_CAPTION, "Power: pause", AS_CAPTION, "电源键：暂停")                          \
    X(KEYS_GO_ON, AS_CAPTION, "Power: continue", AS_CAPTION, "电源键：继续")                       \
    X(KEYS_DATA, AS_CAPTION, "Volume up: phone data", AS_CAPTION, "音量加：设备信息")              \
    X(KEYS_NEXT, AS_CAPTION, "Volume down: next", AS_CAPTION, "音量减：下一项")                    \
    X(KEYS_DO, AS_CAPTION, "Power: do it", AS_CAPTION, "电源键：确认")                             \
    X(KEYS_CHOOSE, AS_CAPTION, "Volume: choose", AS_CAPTION, "音量键：选择")                       \
                                                                                                   \
    X(FASTBOOT, AS_WORD, "FASTBOOT", 0, "")                                                        \
    X(CHOICE_RESTART, AS_BODY, "Restart", AS_BODY, "重启")                                         \
    X(CHOICE_OFF, AS_BODY, "Power off", AS_BODY, "关机")                                           \
    X(DATA_PRODUCT, AS_BODY, "Product", AS_CAPTION, "型号")                                        \
    X(DATA_VARIANT, AS_BODY, "Variant", AS_CAPTION, "版本")                                        \
    X(DATA_SERIAL, AS_BODY, "Serial", AS_CAPTION, "序列号")                                        \
    X(DATA_LOCK, AS_BODY, "Bootloader", AS_CAPTION, "引导程序")                                    \
    X(DATA_SLOT, AS_BODY, "Slot", AS_CAPTION, "分区槽")                                            \
    X(DATA_ANTI, AS_BODY, "Anti-rollback", AS_CAPTION, "防回滚")                                   \
    X(DATA_MADE_FOR, AS_BODY, "Made for", AS_CAPTION, "销售地区")                                  \
    X(DATA_LOCKED, AS_BODY, "locked", AS_CAPTION, "已锁定")                                        \
    X(DATA_UNLOCKED, AS_BODY, "unlocked", AS_CAPTION, "已解锁")                                    \
    X(DATA_CN, AS_BODY, "China", AS_CAPTION, "中国")                                               \
    X(DATA_GLOBAL, AS_BODY, "Global", AS_CAPTION, "国际")                                          \
    X(DATA_NO_REGION, AS_BODY, "unknown", AS_CAPTION, "未知")                                      \
                                                                                                   \
    X(UNLOCK_TITLE, AS_TITLE, "Unlock the bootloader?", AS_TITLE, "解锁引导程序？")                \
    X(UNLOCK_WHAT, AS_BODY,                                                                        \
      "Anything can then be installed on this phone, and its maker vouches for nothing.", AS_BODY, \
      "解锁后可以安装任何系统，厂商不再作任何保证。")                                              \
    X(LOCK_TITLE, AS_TITLE, "Lock the bootloader?", AS_TITLE, "锁定引导程序？")                    \
    X(LOCK_WHAT, AS_BODY, "Only what its maker signed will then start on this phone.", AS_BODY,    \
      "锁定后只能启动厂商签名的系统。")                                                            \
    X(WIPES, AS_BODY, "All personal data on the phone will be deleted.", AS_BODY,                  \
      "手机上的所有个人数据都将被删除。")                                                          \
    X(UNLOCK_NO, AS_BODY, "Do not unlock", AS_BODY, "不解锁")                                      \
    X(UNLOCK_YES, AS_BODY, "Unlock", AS_BODY, "解锁")                                              \
    X(LOCK_NO, AS_BODY, "Do not lock", AS_BODY, "不锁定")                                          \
    X(LOCK_YES, AS_BODY, "Lock", AS_BODY, "锁定")                                                  \
                                                                                                   \
    X(SEPARATOR, AS_CAPTION, "  ·  ", 0, "")

#include "screen/texts_declare.h"

#endif
