/* SPDX-License-Identifier: MIT */
/*
 * Why a package was not installed: one code for each check, and what the person reads. The rows
 * have the form of recovery/texts.h, which takes them over;
 * the names in the trace are in recovery/fault.c.
 */
#ifndef USERLAND_RECOVERY_FAULT_H
#define USERLAND_RECOVERY_FAULT_H

/* X(code, styles of the English, English, styles of the Chinese, Chinese) */
#define RECOVERY_FAULTS(X)                                                                         \
    X(FAULT_NONE, 0, "", 0, "")                                                                    \
    X(FAULT_LINK, IN(body), "The computer went away or sent something else.", IN(under),           \
      "电脑已断开，或发送了其他内容。")                                                            \
    X(FAULT_MEMORY, IN(body), "The phone has not enough memory.", IN(under), "手机内存不足。")     \
    X(FAULT_SIZE, IN(body), "This is no recovery ROM: its size is impossible.", IN(under),         \
      "这不是卡刷包：文件大小不对。")                                                              \
    X(FAULT_UNSIGNED, IN(body), "This package carries no signature of ours.", IN(under),           \
      "安装包没有官方签名。")                                                                      \
    X(FAULT_SIGNATURE, IN(body),                                                                   \
      "The signature is wrong: the package was changed or is not the maker's.", IN(under),         \
      "签名错误：\n安装包被改动过，或不是官方的。")                                                \
    X(FAULT_CHANGED, IN(body), "The computer sent other bytes than those that were checked.",      \
      IN(under), "电脑发送的内容与校验过的不一致。")                                               \
    X(FAULT_ZIP_END, IN(body), "The package is damaged: its end record is wrong.", IN(under),      \
      "安装包已损坏：结尾记录有误。")                                                              \
    X(FAULT_ZIP_CENTRAL, IN(body), "The package is damaged: its directory is wrong.", IN(under),   \
      "安装包已损坏：目录有误。")                                                                  \
    X(FAULT_ZIP_LOCAL, IN(body),                                                                   \
      "The package is damaged: a file in it has another header than the directory says.",          \
      IN(under), "安装包已损坏：文件头与目录不一致。")                                             \
    X(FAULT_ZIP_NAME, IN(body), "The package is damaged: a file in it has an impossible name.",    \
      IN(under), "安装包已损坏：文件名无效。")                                                     \
    X(FAULT_ZIP_GAP, IN(body), "The package is damaged: its files overlap or leave gaps.",         \
      IN(under), "安装包已损坏：文件重叠或有空隙。")                                               \
    X(FAULT_METADATA, IN(body), "The package does not say what it is.", IN(under),                 \
      "安装包没有说明自己是什么。")                                                                \
    X(FAULT_PRODUCT, IN(body), "This package is for another model.", IN(under),                    \
      "此安装包适用于其他机型。")                                                                  \
    X(FAULT_REGION, IN(body), "This package is for another region than this phone.", IN(under),    \
      "此安装包的地区与本机不符。")                                                                \
    X(FAULT_ROLLBACK, IN(body),                                                                    \
      "This package is older than the phone's anti-rollback index allows.", IN(under),             \
      "此安装包低于本机的防回滚版本。")                                                            \
    X(FAULT_DATE, IN(body), "This package is older than the ROM on this phone.", IN(under),        \
      "此安装包比手机上的系统旧。")                                                                \
    X(FAULT_IMAGES, IN(body),                                                                      \
      "The package lacks an image, or has one that this phone has no place for.", IN(under),       \
      "安装包缺少镜像，\n或有本机放不下的镜像。")                                                  \
    X(FAULT_WRITE, IN(body), "The phone's memory could not be written.", IN(under),                \
      "无法写入手机存储。")

enum recovery_fault {
#define X(code, english_styles, english, chinese_styles, chinese) code,
    RECOVERY_FAULTS(X)
#undef X
    FAULT_COUNT
};

/* As the trace has it; never NULL. */
const char *recovery_fault_name(enum recovery_fault fault);
/* In English. */
const char *recovery_fault_text(enum recovery_fault fault);

#endif
