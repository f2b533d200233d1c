/* SPDX-License-Identifier: MIT */
/*
 * A phone that a test plays with, line by line: what is asked comes on standard input, what became of
 * it goes to standard output. The flow, storage, policy and fastboot are the phone's own, under the
 * fakes; each line may be cut off (fake_cuts.h). tests/e2e/phone_model.py is the other end.
 *
 *     new LOCK SLOTS                   another phone: locked or unlocked; 0 or 1
 *     cut AT TORN LOST WHICH SEED      the power goes during the next line: AT thousandths of its way
 *     on                               switch it on
 *     flash PART ROM, erase PART       by fastboot; ROM: old new abroad forged
 *     lock, unlock, set_active SLOT    so too
 *     success                          the ROM that runs says that it is well
 *     sideload PACKAGE                 the recovery installs it: a ROM's, or damaged, or elsewhere
 *     rescue PART ROM                  EDL, by the account
 *
 * After each the phone is switched on. An answer is one line of words: name=value.
 */
#include "format/misc.h"
#include "format/nor_map.h"
#include "rom/boot_success.h"
#include "storage/fuse_burn.h"
#include "storage/partition_write.h"
#include "storage/slots.h"
#include "tests/fake/life_operations.h"
#include "tests/fake/life_packages.h"
#include "tests/fake/life_rescue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR     512
#define LINE_BYTES 256
#define WORDS_MAX  8

static const char *const rom_names[] = {"old", "new", "abroad", "forged", "nothing"};
static const char *const parts[] = {"vbmeta", "boot", "vbmeta_a", "boot_a", "vbmeta_b", "boot_b"};

static struct {
    struct life *life;
    struct cut_list list;
    struct cut_list start;
    struct cut cut;
    bool armed;
    bool data_went; /* it was asked to erase user data */
    char answer[8];
} game;

static void need(bool given, const char *what)
{
    if (!given) {
        fprintf(stderr, "life_player: %s\n", what);
        exit(1);
    }
}

static enum life_rom rom_named(const char *name)
{
    for (size_t i = 0; i < LIFE_ROMS; i++) {
        if (strcmp(rom_names[i], name) == 0) {
            return (enum life_rom)i;
        }
    }
    need(false, "no such ROM");
    return LIFE_NOTHING;
}

/* "vbmeta", "vbmeta_b", ...: which image of a ROM goes there. */
static struct slice image_for(const char *part, enum life_rom rom)
{
    const struct fake_rom *images = &game.life->roms[rom].rom;

    return span_slice(part[0] == 'v' ? images->vbmeta : images->boot);
}

/* What is asked. */

static void fastboot(struct slice download, const char *command)
{
    const char *const commands[] = {command, NULL};
    const struct fake_client *client = &game.life->desk->client;

    (void)fake_desk_ask(game.life->desk, download, commands);
    snprintf(game.answer, sizeof game.answer, "%s",
             fake_client_reply(client, "FAIL") != NULL ? "FAIL" : "OKAY");
}

static void do_flash(char *const *words)
{
    char command[64];

    snprintf(command, sizeof command, "flash:%s", words[1]);
    fastboot(image_for(words[1], rom_named(words[2])), command);
}

static void do_erase(char *const *words)
{
    char command[64];

    snprintf(command, sizeof command, "erase:%s", words[1]);
    fastboot(slice_of(NULL, 0), command);
    game.data_went = strcmp(words[1], "userdata") == 0 && strcmp(game.answer, "OKAY") == 0;
}

static void do_lock(char *const *words)
{
    fastboot(slice_of(NULL, 0), "oem lock");
}

static void do_unlock(char *const *words)
{
    fastboot(life_unlock_answer(game.life), "oem unlock");
}

static void do_set_active(char *const *words)
{
    char command[64];

    snprintf(command, sizeof command, "set_active:%s", words[1]);
    fastboot(slice_of(NULL, 0), command);
}

static void mark_slot(void)
{
    const char *suffix = game.life->desk->flow.candidate.suffix;
    uint8_t block[SECTOR];
    struct partition misc;

    if (suffix[0] == '\0' || gpt_find(&game.life->desk->flow.gpt, "misc", &misc) != OK ||
        partition_read(&misc, MISC_SLOTS_OFFSET, (struct span){block, sizeof block}) != OK ||
        !boot_success_mark((struct slots_record *)block, suffix)) {
        return;
    }
    need(partition_write(&misc, MISC_SLOTS_OFFSET, slice_of(block, sizeof block)) == OK &&
             partition_flush(&misc) == OK,
         "misc cannot be written");
}

static void do_success(char *const *words)
{
    const struct boot_record *record = &game.life->desk->phone.record;

    if (game.life->desk->phone.power.entered == 0) {
        return;
    }
    mark_slot();
    if (record->authentic && record->rollback_to > record->rollback) {
        need(fuse_burn_rollback(&game.life->cuts.nor, record->rollback_to) == OK, "no fuse");
    }
}

static void answer(bool taken)
{
    snprintf(game.answer, sizeof game.answer, "%s", taken ? "OKAY" : "FAIL");
}

static enum life_flaw flaw_named(const char *package)
{
    if (strcmp(package, "damaged") == 0) {
        return LIFE_FLAW_DAMAGED;
    }
    return strcmp(package, "elsewhere") == 0 ? LIFE_FLAW_ELSEWHERE : LIFE_FLAW_NONE;
}

static void do_sideload(char *const *words)
{
    enum life_flaw flaw = flaw_named(words[1]);

    answer(life_sideload(game.life, flaw == LIFE_FLAW_NONE ? rom_named(words[1]) : LIFE_OLD, flaw));
}

static void do_rescue(char *const *words)
{
    answer(life_rescue(game.life, words[1], image_for(words[1], rom_named(words[2]))));
}

static void do_on(char *const *words)
{
    life_start(game.life);
}

/* What became of it. */

static const char *content_of(const char *part)
{
    size_t room = 0;
    const uint8_t *at = life_partition(game.life, part, &room);

    if (slice_is_all(slice_of(at, room), 0)) {
        return "erased";
    }
    for (size_t i = 0; i < LIFE_ROMS; i++) {
        struct slice image = image_for(part, (enum life_rom)i);

        if (memcmp(at, image.data, image.size) == 0) {
            return rom_names[i];
        }
    }
    return "other";
}

static const char *user_data(void)
{
    size_t size = 0;
    const uint8_t *at = life_partition(game.life, "userdata", &size);

    return slice_is_all(slice_of(at, size), 0) ? "gone" : "there";
}

/* No rule is broken that a start may not break; a torn ROM or an old index are no rule's matter. */
static const char *judged(const struct life_truth *truth)
{
    const char *broken = life_judge(game.life, truth, &game.start);

    return broken == NULL || strcmp(broken, "it is dead") == 0 ? "-" : broken;
}

/* Priority, tries and success of each. */
static void print_slots(void)
{
    size_t size = 0;
    const uint8_t *misc = life_partition(game.life, "misc", &size);
    struct slots slots;

    slots_decode(slice_of(misc + MISC_SLOTS_OFFSET, sizeof(struct slots_record)), &slots);
    printf(" slots=");
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        printf("%s%u/%u/%u", i == 0 ? "" : ",", slots.list[i].priority, slots.list[i].tries,
               slots.list[i].successful);
    }
}

static void print_answer(const char *broken)
{
    const struct flow *flow = &game.life->desk->flow;

    printf("answer=%s fate=%s reason=%s runs=%s lock=%s index=%u data=%s slot=%s",
           game.answer[0] != '\0' ? game.answer : "-", fate_name(game.life->decision.fate),
           reason_name(game.life->decision.reason), rom_names[life_runs(game.life)],
           flow->state.unlocked ? "unlocked" : "locked", (unsigned)flow->board.rollback_index,
           user_data(), flow->candidate.suffix[0] != '\0' ? flow->candidate.suffix : "-");
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        size_t size = 0;

        if (life_partition(game.life, parts[i], &size) != NULL) {
            printf(" %s=%s", parts[i], content_of(parts[i]));
        }
    }
    print_slots();
    printf(" events=%zu broken=", game.list.count);
    for (const char *c = broken; *c != '\0'; c++) {
        putchar(*c == ' ' ? '_' : *c);
    }
    putchar('\n');
    fflush(stdout);
}

static const struct request {
    const char *name;
    int words;
    void (*run)(char *const *words);
} requests[] = {
    {"on", 1, do_on},           {"flash", 3, do_flash},       {"erase", 2, do_erase},
    {"lock", 1, do_lock},       {"unlock", 1, do_unlock},     {"set_active", 2, do_set_active},
    {"success", 1, do_success}, {"sideload", 2, do_sideload}, {"rescue", 3, do_rescue},
};

static struct life_truth truth_of(const struct request *request)
{
    struct life_truth truth = life_truth_now(game.life);
    size_t size = 0;
    const uint8_t *data = life_partition(game.life, "userdata", &size);

    truth.lock_asked = request->run == do_lock || request->run == do_unlock;
    truth.unlocked_asked = request->run == do_unlock;
    truth.rollback_to += request->run == do_success ? 1 : 0;
    truth.data_may_go = !life_is_whole(data, size); /* an erase was cut, or done */
    return truth;
}

static void play(const struct request *request, char *const *words)
{
    struct life_truth truth = truth_of(request);
    const char *broken;

    game.answer[0] = '\0';
    game.data_went = false;
    fake_cuts_set_base(&game.life->cuts);
    fake_cuts_note(&game.life->cuts, &game.list);
    request->run(words);
    fake_cuts_note(&game.life->cuts, NULL);
    if (game.armed) {
        game.cut.events = game.cut.events * game.list.count / 1000;
        game.cut.which = game.list.count != 0 ? game.cut.which % game.list.count : 0;
        fake_cuts_restore(&game.life->cuts);
        fake_cuts_apply(&game.life->cuts, &game.list, &game.cut);
    }
    truth.data_may_go = truth.data_may_go || game.data_went;
    game.armed = false;
    broken = judged(&truth);
    print_answer(broken);
}

static void do_new(char *const *words)
{
    const struct fake_phone_spec spec = {
        .codename = "whyred",
        .made_for = REGION_CN,
        .regime = REGIME_ANNOUNCED,
        .unlocked = strcmp(words[1], "unlocked") == 0,
        .slots = words[2][0] == '1',
    };

    if (game.life != NULL) {
        life_free(game.life);
    }
    game.life = life_new(&spec);
    cut_list_free(&game.list);
    game.answer[0] = '\0';
    game.armed = false;
    print_answer("-");
}

static void arm(char *const *words)
{
    game.cut = (struct cut){
        .events = strtoul(words[1], NULL, 10),
        .torn = (enum cut_torn)(strtoul(words[2], NULL, 10) % CUT_TORN_COUNT),
        .lost = (enum cut_lost)(strtoul(words[3], NULL, 10) % (CUT_LOST_ALL_BUT_ONE + 1)),
        .which = strtoul(words[4], NULL, 10),
        .seed = (uint32_t)strtoul(words[5], NULL, 10),
    };
    game.armed = true;
    printf("armed=1\n");
    fflush(stdout);
}

static void take_line(char *line)
{
    char *words[WORDS_MAX] = {NULL};
    int count = 0;

    for (char *word = strtok(line, " \n"); word != NULL && count < WORDS_MAX;
         word = strtok(NULL, " \n")) {
        words[count++] = word;
    }
    if (count == 3 && strcmp(words[0], "new") == 0) {
        do_new(words);
        return;
    }
    need(game.life != NULL, "new comes first");
    if (count == 6 && strcmp(words[0], "cut") == 0) {
        arm(words);
        return;
    }
    for (size_t i = 0; i < ARRAY_COUNT(requests); i++) {
        if (count == requests[i].words && strcmp(words[0], requests[i].name) == 0) {
            play(&requests[i], words);
            return;
        }
    }
    need(false, "a line that nobody understands");
}

int main(void)
{
    char line[LINE_BYTES];

    while (fgets(line, sizeof line, stdin) != NULL) {
        take_line(line);
    }
    if (game.life != NULL) {
        life_free(game.life);
    }
    cut_list_free(&game.list);
    cut_list_free(&game.start);
    return 0;
}
