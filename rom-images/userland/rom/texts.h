/* SPDX-License-Identifier: MIT */
/*
 * What the home screen says, in English (Global ROMs) and Chinese (China ROMs),
 * and in which styles.
 *
 * The format is that of bootloader/screen/README.md. A Global home screen is in English and a China
 * one in Chinese; only the region's name is there in both. The advertisements are in English: the
 * reseller sells a Global look.
 */
#ifndef USERLAND_TEXTS_H
#define USERLAND_TEXTS_H

/* X(name, font, size in pixels, letters) */
#define TYPE_STYLES(X)             \
    X(status, MEDIUM, 25, ASCII)   \
    X(label, REGULAR, 27, ASCII)   \
    X(body, REGULAR, 32, ASCII)    \
    X(date, REGULAR, 38, ASCII)    \
    X(headline, MEDIUM, 46, ASCII) \
    X(region, MEDIUM, 92, OWN)     \
    X(clock, LIGHT, 168, OWN)

/* X(ID, styles of the English, English, styles of the Chinese, Chinese) */
#define TEXTS(X)                                                                                 \
    X(CARRIER, IN(status), "Lab Mobile", IN(status), "实验室移动")                               \
    X(NETWORK, IN(status), "4G", IN(status), "4G")                                               \
    X(DIGITS, IN(clock), "0123456789:", 0, "")                                                   \
                                                                                                 \
    X(REGION_CN, IN(region), "China", IN(region), "中国")                                        \
    X(REGION_GLOBAL, IN(region), "Global", IN(region), "国际版")                                 \
    X(REGION_OTHER, IN(region), "Other", IN(region), "其他")                                     \
    X(ROM_CN, IN(body), "China ROM", IN(body), "中国版系统")                                     \
    X(ROM_GLOBAL, IN(body), "Global ROM", IN(body), "国际版系统")                                \
    X(ROM_OTHER, IN(body), "ROM of another region", IN(body), "其他地区系统")                    \
                                                                                                 \
    X(STARTING, IN(date), "Starting the system", IN(date), "正在启动系统")                       \
                                                                                                 \
    X(SEPARATOR, IN(body), "  ·  ", 0, "")                                                       \
                                                                                                 \
    X(STATE_GREEN, IN(label), "Locked · Verified", IN(label), "已锁定 · 已验证")                 \
    X(STATE_YELLOW, IN(label), "Locked · Own key", IN(label), "已锁定 · 自有密钥")               \
    X(STATE_ORANGE, IN(label), "Unlocked · Not verified", IN(label), "已解锁 · 未验证")          \
    X(STATE_UNVERIFIED, IN(label), "No verified boot", IN(label), "无启动验证")                  \
    X(STATE_UNKNOWN, IN(label), "Boot state unknown", IN(label), "启动状态未知")                 \
                                                                                                 \
    X(APP_WEATHER, IN(label), "Weather", IN(label), "天气")                                      \
    X(APP_MAIL, IN(label), "Mail", IN(label), "邮件")                                            \
    X(APP_GALLERY, IN(label), "Gallery", IN(label), "相册")                                      \
    X(APP_MUSIC, IN(label), "Music", IN(label), "音乐")                                          \
    X(APP_CLOCK, IN(label), "Clock", IN(label), "时钟")                                          \
    X(APP_NOTES, IN(label), "Notes", IN(label), "便签")                                          \
    X(APP_CALCULATOR, IN(label), "Calculator", IN(label), "计算器")                              \
    X(APP_SETTINGS, IN(label), "Settings", IN(label), "设置")                                    \
    X(APP_PHONE, IN(label), "Phone", IN(label), "电话")                                          \
    X(APP_MESSAGES, IN(label), "Messages", IN(label), "短信")                                    \
    X(APP_BROWSER, IN(label), "Browser", IN(label), "浏览器")                                    \
    X(APP_CAMERA, IN(label), "Camera", IN(label), "相机")                                        \
                                                                                                 \
    X(DAY_0, IN(date), "Sunday", IN(date), "星期日")                                             \
    X(DAY_1, IN(date), "Monday", IN(date), "星期一")                                             \
    X(DAY_2, IN(date), "Tuesday", IN(date), "星期二")                                            \
    X(DAY_3, IN(date), "Wednesday", IN(date), "星期三")                                          \
    X(DAY_4, IN(date), "Thursday", IN(date), "星期四")                                           \
    X(DAY_5, IN(date), "Friday", IN(date), "星期五")                                             \
    X(DAY_6, IN(date), "Saturday", IN(date), "星期六")                                           \
    X(MONTH_1, IN(date), "January", IN(date), "1 月")                                            \
    X(MONTH_2, IN(date), "February", IN(date), "2 月")                                           \
    X(MONTH_3, IN(date), "March", IN(date), "3 月")                                              \
    X(MONTH_4, IN(date), "April", IN(date), "4 月")                                              \
    X(MONTH_5, IN(date), "May", IN(date), "5 月")                                                \
    X(MONTH_6, IN(date), "June", IN(date), "6 月")                                               \
    X(MONTH_7, IN(date), "July", IN(date), "7 月")                                               \
    X(MONTH_8, IN(date), "August", IN(date), "8 月")                                             \
    X(MONTH_9, IN(date), "September", IN(date), "9 月")                                          \
    X(MONTH_10, IN(date), "October", IN(date), "10 月")                                          \
    X(MONTH_11, IN(date), "November", IN(date), "11 月")                                         \
    X(MONTH_12, IN(date), "December", IN(date), "12 月")                                         \
    X(DAY_OF_MONTH, 0, "", IN(date), " 日")                                                      \
                                                                                                 \
    X(AD_SPONSORED, IN(label), "Sponsored · cannot be closed", 0, "")                            \
    X(AD_LOTTERY, IN(headline), "NOODLE LOTTERY!", 0, "")                                        \
    X(AD_LOTTERY_BODY, IN(body), "You are visitor 1,000,000. Claim your 3 free rain clouds.", 0, \
      "")                                                                                        \
    X(AD_LOTTERY_BUTTON, IN(headline), "CLAIM NOW", 0, "")                                       \
    X(AD_BATTERY, IN(headline), "BATTERY TOO CALM", 0, "")                                       \
    X(AD_BATTERY_BODY, IN(body), "Install 12 flashlights at once to wake it up again.", 0, "")   \
    X(AD_BATTERY_BUTTON, IN(headline), "INSTALL ALL", 0, "")                                     \
    X(AD_MOON, IN(headline), "MOON TICKETS -99%", 0, "")                                         \
    X(AD_MOON_BODY, IN(body), "One seat left. Leaves in 4 seconds. Bring your own air.", 0, "")  \
    X(AD_MOON_BUTTON, IN(headline), "FLY TODAY", 0, "")                                          \
    X(CARTOON, IN(headline), "WAAAAH!", 0, "")

#include "screen/texts_declare.h"

#endif
