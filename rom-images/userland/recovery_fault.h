/* SPDX-License-Identifier: MIT */
/*
 * Why a package was not installed: one code for each check, its name in the trace, and what the
 * person reads. X(code, name, text)
 */
#ifndef USERLAND_RECOVERY_FAULT_H
#define USERLAND_RECOVERY_FAULT_H

#define RECOVERY_FAULTS(X)                                                                         \
    X(FAULT_NONE, "none", "")                                                                      \
    X(FAULT_LINK, "connection", "The computer went away or sent something else.")                  \
    X(FAULT_MEMORY, "memory", "The phone has not enough memory.")                                  \
    X(FAULT_SIZE, "size", "This is no recovery ROM: its size is impossible.")                      \
    X(FAULT_UNSIGNED, "unsigned", "This package carries no signature of ours.")                    \
    X(FAULT_SIGNATURE, "signature", "The signature is wrong: the package was changed or is not "   \
                                    "the maker's.")                                                \
    X(FAULT_CHANGED, "changed", "The computer sent other bytes than those that were checked.")     \
    X(FAULT_ZIP_END, "zip-end", "The package is damaged: its end record is wrong.")                \
    X(FAULT_ZIP_CENTRAL, "zip-central", "The package is damaged: its directory is wrong.")         \
    X(FAULT_ZIP_LOCAL, "zip-local", "The package is damaged: a file in it has another header "     \
                                    "than the directory says.")                                    \
    X(FAULT_ZIP_NAME, "zip-name", "The package is damaged: a file in it has an impossible name.")  \
    X(FAULT_ZIP_GAP, "zip-gap", "The package is damaged: its files overlap or leave gaps.")        \
    X(FAULT_METADATA, "metadata", "The package does not say what it is.")                          \
    X(FAULT_PRODUCT, "product", "This package is for another model.")                              \
    X(FAULT_REGION, "region", "This package is for another region than this phone.")               \
    X(FAULT_ROLLBACK, "rollback", "This package is older than the phone's anti-rollback index "    \
                                  "allows.")                                                       \
    X(FAULT_DATE, "date", "This package is older than the ROM on this phone.")                     \
    X(FAULT_IMAGES, "images", "The package lacks an image, or has one that this phone has no "     \
                              "place for.")                                                        \
    X(FAULT_WRITE, "write", "The phone's memory could not be written.")

enum recovery_fault {
#define X(code, name, text) code,
    RECOVERY_FAULTS(X)
#undef X
    FAULT_COUNT
};

const char *recovery_fault_name(enum recovery_fault fault);
const char *recovery_fault_text(enum recovery_fault fault);

#endif
