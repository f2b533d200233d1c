// SPDX-License-Identifier: MIT
/*
 * flashlab_smc: the firmware's services (bootloader/arch/smc_services.h) as files for root. A
 * kernel of Debian's has no way of its own to make an SMC for a program.
 *
 *   /sys/firmware/flashlab/lock_state     "locked", "unlocked"
 *   /sys/firmware/flashlab/boot_state     "green", "yellow", "orange", "red", "unverified"
 *   /sys/firmware/flashlab/boot_success   write "1" when the ROM is well; then read what came of it:
 *                                         "raised", "unchanged", "not-authentic", "failed";
 *                                         "unreported" before
 *
 * Nothing that is written goes to the firmware: it only ever gets the call's number.
 */
#include <linux/arm-smccc.h>
#include <linux/init.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "smc_services.h"

static const char *const lock_words[] = {
    [FLASHLAB_LOCK_LOCKED] = "locked",
    [FLASHLAB_LOCK_UNLOCKED] = "unlocked",
};

static const char *const state_words[] = {
    [FLASHLAB_STATE_RED] = "red",
    [FLASHLAB_STATE_ORANGE] = "orange",
    [FLASHLAB_STATE_YELLOW] = "yellow",
    [FLASHLAB_STATE_GREEN] = "green",
    [FLASHLAB_STATE_UNVERIFIED] = "unverified",
};

static const char *const success_words[] = {
    [FLASHLAB_SUCCESS_UNCHANGED] = "unchanged",
    [FLASHLAB_SUCCESS_RAISED] = "raised",
    [FLASHLAB_SUCCESS_NOT_AUTHENTIC] = "not-authentic",
    [FLASHLAB_SUCCESS_FAILED] = "failed",
};

static struct kobject *folder;
static const char *reported = "unreported";

static unsigned long call(unsigned int id)
{
    struct arm_smccc_res answer;

    arm_smccc_smc(id, 0, 0, 0, 0, 0, 0, 0, &answer);
    return answer.a0;
}

static const char *word_of(const char *const *words, size_t count, unsigned long answer)
{
    return answer < count ? words[answer] : "unknown";
}

static ssize_t lock_state_show(struct kobject *object, struct kobj_attribute *attribute, char *text)
{
    return sysfs_emit(text, "%s\n",
                      word_of(lock_words, ARRAY_SIZE(lock_words), call(FLASHLAB_SMC_LOCK)));
}

static ssize_t boot_state_show(struct kobject *object, struct kobj_attribute *attribute, char *text)
{
    return sysfs_emit(text, "%s\n",
                      word_of(state_words, ARRAY_SIZE(state_words), call(FLASHLAB_SMC_STATE)));
}

static ssize_t boot_success_show(struct kobject *object, struct kobj_attribute *attribute,
                                 char *text)
{
    return sysfs_emit(text, "%s\n", READ_ONCE(reported));
}

static ssize_t boot_success_store(struct kobject *object, struct kobj_attribute *attribute,
                                  const char *text, size_t count)
{
    if (!sysfs_streq(text, "1")) {
        return -EINVAL;
    }
    WRITE_ONCE(reported,
               word_of(success_words, ARRAY_SIZE(success_words), call(FLASHLAB_SMC_SUCCESS)));
    return count;
}

static struct kobj_attribute lock_state = __ATTR(lock_state, 0400, lock_state_show, NULL);
static struct kobj_attribute boot_state = __ATTR(boot_state, 0400, boot_state_show, NULL);
static struct kobj_attribute boot_success =
    __ATTR(boot_success, 0600, boot_success_show, boot_success_store);

static const struct attribute *const files[] = {
    &lock_state.attr,
    &boot_state.attr,
    &boot_success.attr,
    NULL,
};

static int __init flashlab_smc_init(void)
{
    int result;

    if (call(FLASHLAB_SMC_VERSION) != FLASHLAB_SMC_VERSION_1_0) {
        return -ENODEV;
    }
    folder = kobject_create_and_add("flashlab", firmware_kobj);
    if (folder == NULL) {
        return -ENOMEM;
    }
    result = sysfs_create_files(folder, files);
    if (result != 0) {
        kobject_put(folder);
    }
    return result;
}

static void __exit flashlab_smc_exit(void)
{
    kobject_put(folder);
}

module_init(flashlab_smc_init);
module_exit(flashlab_smc_exit);
MODULE_DESCRIPTION("Services of the Flashlab firmware");
MODULE_LICENSE("Dual MIT/GPL");
