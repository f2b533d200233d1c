/* SPDX-License-Identifier: MIT */
/*
 * Why something could not be found out or done. Part of base/.
 *
 * One code for each check, grouped by the module that makes it. The list is the only place: the
 * enum and err_name() both come from it. "It is bad" and "what we do about it" are other enums: see
 * verify/verified.h (verdict) and policy/policy.h (fate, reason).
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define ERR_LIST(X)                                                                                \
    X(OK)                                                                                          \
    /* base: slices, text */                                                                       \
    X(E_SLICE_RANGE)                                                                               \
    X(E_TEXT_SPACE)                                                                                \
    /* block devices and partitions */                                                             \
    X(E_BLOCK_IO)                                                                                  \
    X(E_BLOCK_ALIGN)                                                                               \
    X(E_BLOCK_RANGE)                                                                               \
    X(E_BLOCK_READ_ONLY)                                                                           \
    /* byte links (serial line, virtio ports) */                                                   \
    X(E_LINK_CLOSED)                                                                               \
    /* NOR flash */                                                                                \
    X(E_NOR_RANGE)                                                                                 \
    X(E_NOR_PROGRAM)                                                                               \
    X(E_NOR_ERASE)                                                                                 \
    /* panel */                                                                                    \
    X(E_PANEL_ABSENT)                                                                              \
    X(E_PANEL_SIZE)                                                                                \
    /* fw_cfg */                                                                                   \
    X(E_FW_CFG_ABSENT)                                                                             \
    X(E_FW_CFG_SIZE)                                                                               \
    X(E_FW_CFG_DEVICE)                                                                             \
    /* virtio transport */                                                                         \
    X(E_VIRTIO_ABSENT)                                                                             \
    X(E_VIRTIO_FEATURES)                                                                           \
    X(E_VIRTIO_QUEUE)                                                                              \
    X(E_VIRTIO_TIMEOUT)                                                                            \
    X(E_VIRTIO_DEVICE)                                                                             \
    /* device trees: the machine's and the board overlay */                                        \
    X(E_DTB_HEADER)                                                                                \
    X(E_DTB_STRUCTURE)                                                                             \
    X(E_DTB_SPACE)                                                                                 \
    X(E_DTB_OVERLAY)                                                                               \
    X(E_DTB_EDIT)                                                                                  \
    /* board facts in the merged tree */                                                           \
    X(E_BOARD_MISSING)                                                                             \
    X(E_BOARD_VALUE)                                                                               \
    X(E_BOARD_CODENAME)                                                                            \
    /* fuses */                                                                                    \
    X(E_FUSES_BLANK)                                                                               \
    X(E_FUSES_MAGIC)                                                                               \
    X(E_FUSES_VERSION)                                                                             \
    X(E_FUSES_CRC)                                                                                 \
    X(E_FUSES_VALUE)                                                                               \
    /* state journal */                                                                            \
    X(E_STATE_NONE)                                                                                \
    X(E_STATE_REPLAYED)                                                                            \
    X(E_STATE_LOCK_FUSES)                                                                          \
    X(E_FUSE_CAPACITY)                                                                             \
    /* A/B slots */                                                                                \
    X(E_SLOTS_MAGIC)                                                                               \
    X(E_SLOTS_VERSION)                                                                             \
    X(E_SLOTS_CRC)                                                                                 \
    X(E_SLOTS_COUNT)                                                                               \
    /* partition table */                                                                          \
    X(E_GPT_SIGNATURE)                                                                             \
    X(E_GPT_HEADER)                                                                                \
    X(E_GPT_CRC)                                                                                   \
    X(E_GPT_RANGE)                                                                                 \
    X(E_GPT_NAME)                                                                                  \
    X(E_GPT_NOT_FOUND)                                                                             \
    /* boot image */                                                                               \
    X(E_BOOT_IMAGE_MAGIC)                                                                          \
    X(E_BOOT_IMAGE_VERSION)                                                                        \
    X(E_BOOT_IMAGE_PAGE_SIZE)                                                                      \
    X(E_BOOT_IMAGE_RANGE)                                                                          \
    X(E_BOOT_IMAGE_CMDLINE)                                                                        \
    X(E_BOOT_IMAGE_STOPPED)                                                                        \
    /* arm64 kernel */                                                                             \
    X(E_KERNEL_MAGIC)                                                                              \
    X(E_KERNEL_RANGE)                                                                              \
    X(E_KERNEL_PACKING)                                                                            \
    X(E_KERNEL_STREAM)                                                                             \
    X(E_KERNEL_LARGE)                                                                              \
    X(E_KERNEL_STOPPED)                                                                            \
    /* sparse images */                                                                            \
    X(E_SPARSE_HEADER)                                                                             \
    X(E_SPARSE_CHUNK)                                                                              \
    X(E_SPARSE_RANGE)                                                                              \
    X(E_SPARSE_SPACE)                                                                              \
    /* unlocking */                                                                                \
    X(E_UNLOCK_ANSWER)                                                                             \
    /* pictures of the screen */                                                                   \
    X(E_BMP_SPACE)                                                                                 \
    /* vbmeta */                                                                                   \
    X(E_VBMETA_MAGIC)                                                                              \
    X(E_VBMETA_VERSION)                                                                            \
    X(E_VBMETA_RANGE)                                                                              \
    X(E_VBMETA_ALGORITHM)                                                                          \
    X(E_VBMETA_KEY)                                                                                \
    X(E_VBMETA_HASH)                                                                               \
    X(E_VBMETA_SIGNATURE)                                                                          \
    X(E_VBMETA_DESCRIPTOR)                                                                         \
    X(E_VBMETA_DUPLICATE)                                                                          \
    X(E_VBMETA_LOCATION)                                                                           \
    X(E_VBMETA_FOOTER)                                                                             \
    X(E_VBMETA_CHAIN)                                                                              \
    X(E_VBMETA_CHAIN_KEY)                                                                          \
    X(E_VBMETA_HASHTREE)                                                                           \
    X(E_VBMETA_UNSUPPORTED)                                                                        \
    /* rescue mode */                                                                              \
    X(E_RESCUE_GONE)                                                                               \
    X(E_RESCUE_STALL)                                                                              \
    X(E_RESCUE_PACKET)                                                                             \
    X(E_RESCUE_XML)                                                                                \
    X(E_RESCUE_XML_NAME)                                                                           \
    X(E_RESCUE_XML_VALUE)                                                                          \
    X(E_RESCUE_XML_COUNT)                                                                          \
    X(E_RESCUE_XML_DUPLICATE)                                                                      \
    X(E_RESCUE_ATTRIBUTE)                                                                          \
    X(E_RESCUE_COMMAND)                                                                            \
    X(E_RESCUE_LOCKED)                                                                             \
    X(E_RESCUE_CHALLENGE)                                                                          \
    X(E_RESCUE_ANSWER)                                                                             \
    /* the hash tree over system */                                                                \
    X(E_HASHTREE_RANGE)                                                                            \
    X(E_HASHTREE_BLOCK)

enum err {
#define X(name) name,
    ERR_LIST(X)
#undef X
    ERR_COUNT
};

/* A result that must be looked at. */
#define NODISCARD __attribute__((warn_unused_result))

/* Returns early with the error of `call`, if it has one. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        enum err try_err_ = (call);                                                                \
        if (try_err_ != OK) {                                                                      \
            return try_err_;                                                                       \
        }                                                                                          \
    } while (0)

/* The code's own name, for example "E_GPT_CRC"; "E_UNKNOWN" outside the list. */
const char *err_name(enum err err);

#endif
