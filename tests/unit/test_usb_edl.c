/* SPDX-License-Identifier: MIT */
/* scripts/usb: Sahara and Firehose as stock qdl speaks them, and what the phone is told. */
#include "tests/unit/check.h"

#include "tests/fake/fake_usb.h"

#include <stdio.h>
#include <stdlib.h>

#define DOCUMENT(element) "<?xml version=\"1.0\"?>\n<data>" element "</data>\n"
#define PHONE(element)    "<?xml version=\"1.0\"?><data>" element "</data>"
#define ACK               "<response value=\"ACK\" rawmode=\"false\"/>"
#define ACK_RAW           "<response value=\"ACK\" rawmode=\"true\"/>"
#define NAK               "<response value=\"NAK\" rawmode=\"false\"/>"
#define REFUSAL           "only nop and sig tag can be recevied before authentication"
#define NONCE             "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static unsigned signed_challenges;

static bool sign(const struct edl_account *account, const uint8_t nonce[RESCUE_NONCE_BYTES],
                 struct slice serial, struct rescue_answer *out_answer)
{
    signed_challenges++;
    assert_int_equal(nonce[1], 0x11);
    assert_int_equal(nonce[RESCUE_NONCE_BYTES - 1], 0xff);
    assert_int_equal(serial.size, 8);
    assert_memory_equal(serial.data, "8a7b6c5d", 8);
    memset(out_answer, 'S', sizeof *out_answer);
    return true;
}

static const struct edl_account account = {.sign = sign};

static struct fake_usb *make(const struct edl_account *of)
{
    struct fake_usb *usb = malloc(sizeof *usb);

    fake_usb_init(usb, USB_EDL, of);
    return usb;
}

static void done(struct fake_usb *usb)
{
    fake_usb_free(usb);
    free(usb);
}

static void send_words(struct fake_usb *usb, const uint32_t *words, size_t count)
{
    uint8_t bytes[64];

    for (size_t i = 0; i < count; i++) {
        put_le32(bytes + 4 * i, words[i]);
    }
    fake_usb_send(usb, slice_of(bytes, 4 * count));
}

/* The next packet of Sahara has this command and length. */
static void read_packet(struct fake_usb *usb, uint32_t command, uint32_t length)
{
    fake_usb_read(usb, 4096);
    assert_int_equal(usb->size, length);
    assert_int_equal(le32(usb->data), command);
    assert_int_equal(le32(usb->data + 4), length);
}

static const uint32_t hello_response[12] = {2, 48, 2, 1};
static const uint32_t done_packet[2] = {5, 8};

static void through_sahara(struct fake_usb *usb)
{
    uint8_t programmer[64] = "anything";

    read_packet(usb, 1, 48);
    send_words(usb, hello_response, 12);
    read_packet(usb, 18, 32);
    fake_usb_send(usb, slice_of(programmer, 20));
    fake_usb_send(usb, slice_of(programmer, 44));
    read_packet(usb, 4, 16);
    assert_int_equal(le32(usb->data + 12), 0);
    assert_false(device_wants_link(&usb->device));
    send_words(usb, done_packet, 2);
    read_packet(usb, 6, 12);
    assert_int_equal(le32(usb->data + 8), 1);
    assert_true(device_wants_link(&usb->device));
}

static void phone_says(struct fake_usb *usb, const char *text)
{
    uint8_t head[8];

    put_le32(head, RESCUE_PACKET_XML);
    put_le32(head + 4, (uint32_t)strlen(text));
    fake_usb_phone_says(usb, slice_of(head, sizeof head));
    fake_usb_phone_says(usb, slice_of(text, strlen(text)));
}

/* The next packet at the phone. */
static void phone_has(struct fake_usb *usb, uint32_t type, struct slice expected)
{
    struct slice there = fake_usb_at_phone(usb);

    assert_true(there.size >= 8);
    assert_int_equal(le32(there.data), type);
    assert_int_equal(le32(there.data + 4), expected.size);
    assert_true(there.size >= 8 + expected.size);
    assert_memory_equal(there.data + 8, expected.data, expected.size);
    fake_usb_phone_takes(usb, 8 + expected.size);
}

static void phone_has_text(struct fake_usb *usb, const char *text)
{
    phone_has(usb, RESCUE_PACKET_XML, slice_of(text, strlen(text)));
}

static void phone_has_nothing(struct fake_usb *usb)
{
    assert_int_equal(fake_usb_at_phone(usb).size, 0);
}

static const char hello[] = PHONE("<hello version=\"1\" product=\"whyred\" serial=\"8a7b6c5d\"/>");

/* To where the tool has the word, with the account that makes it so or without one. */
static struct fake_usb *in_firehose(bool authorised)
{
    struct fake_usb *usb = make(authorised ? &account : NULL);
    uint8_t answer[sizeof(struct rescue_answer)];

    through_sahara(usb);
    phone_says(usb, hello);
    if (!authorised) {
        return usb;
    }
    phone_has_text(usb, PHONE("<sig TargetName=\"req\"/>"));
    phone_says(usb, PHONE("<sig blob=\"" NONCE "\"/>"));
    phone_says(usb, PHONE(ACK));
    phone_has_text(usb, PHONE("<sig TargetName=\"sig\" size_in_bytes=\"1552\"/>"));
    phone_says(usb, PHONE(ACK_RAW));
    memset(answer, 'S', sizeof answer);
    phone_has(usb, RESCUE_PACKET_DATA, slice_of(answer, sizeof answer));
    phone_says(usb, PHONE(ACK));
    assert_non_null(strstr(fake_usb_read(usb, 4096), "is authorised"));
    return usb;
}

static void sahara_takes_any_programmer(void **state)
{
    struct fake_usb *usb = make(NULL);

    through_sahara(usb);
    done(usb);
}

/* A tool that was killed; the next one waits for a hello, in vain once. */
static void sahara_begins_anew_for_the_next_tool(void **state)
{
    struct fake_usb *usb = make(NULL);

    read_packet(usb, 1, 48);
    send_words(usb, hello_response, 12);
    read_packet(usb, 18, 32);
    assert_string_equal(fake_usb_read(usb, 4096), "(waiting)");
    through_sahara(usb);
    done(usb);
}

static void sahara_answers_what_does_not_belong_with_a_hello(void **state)
{
    static const uint32_t reset[2] = {7, 8}, wrong_length[2] = {2, 48};
    struct fake_usb *usb = make(NULL);

    read_packet(usb, 1, 48);
    send_words(usb, done_packet, 2);
    read_packet(usb, 1, 48);
    send_words(usb, wrong_length, 2);
    read_packet(usb, 1, 48);
    send_words(usb, reset, 2);
    read_packet(usb, 8, 8);
    fake_usb_send_text(usb, "x");
    assert_string_equal(fake_usb_read(usb, 47), ""); /* too small a buffer for a hello */
    through_sahara(usb);
    done(usb);
}

static void without_an_account_the_phone_refuses_in_its_own_words(void **state)
{
    struct fake_usb *usb = in_firehose(false);
    static const char refusal[] = PHONE("<log value=\"ERROR: " REFUSAL "\"/>");

    phone_has_nothing(usb);
    fake_usb_send_text(usb, DOCUMENT("<configure MemoryName=\"ufs\" "
                                     "MaxPayloadSizeToTargetInBytes=\"1048576\"/>"));
    phone_has_text(usb, PHONE("<configure MaxPayloadSizeToTargetInBytes=\"262144\"/>"));
    phone_says(usb, refusal);
    phone_says(usb, PHONE(NAK));
    assert_string_equal(fake_usb_read(usb, 4096), refusal);
    assert_string_equal(fake_usb_read(usb, 4096), PHONE(NAK));
    fake_usb_send_text(usb, DOCUMENT("<patch value=\"7\"/>"));
    phone_has_text(usb, PHONE("<patch/>"));
    done(usb);
}

static void an_account_answers_the_challenge(void **state)
{
    struct fake_usb *usb;

    signed_challenges = 0;
    usb = in_firehose(true);
    assert_int_equal(signed_challenges, 1);
    done(usb);
}

static void a_refused_account_leaves_the_word_to_the_phone(void **state)
{
    struct fake_usb *usb = make(&account);

    through_sahara(usb);
    fake_usb_send_text(usb, DOCUMENT("<nop value=\"ping\"/>")); /* before its time */
    phone_says(usb, PHONE(NAK));                                /* to whoever was there before */
    phone_says(usb, hello);
    phone_has_text(usb, PHONE("<sig TargetName=\"req\"/>"));
    phone_says(usb, PHONE("<sig blob=\"" NONCE "\"/>"));
    phone_says(usb, PHONE(ACK));
    phone_has_text(usb, PHONE("<sig TargetName=\"sig\" size_in_bytes=\"1552\"/>"));
    phone_says(usb, PHONE(ACK_RAW));
    fake_usb_phone_takes(usb, 8 + sizeof(struct rescue_answer));
    phone_says(usb, PHONE("<log value=\"ERROR: this account is not authorised (E_VBMETA_KEY)\"/>"));
    phone_says(usb, PHONE(NAK));
    assert_non_null(strstr(fake_usb_read(usb, 4096), "not authorised"));
    phone_has_text(usb, PHONE("<nop/>")); /* now it is */
    done(usb);
}

static void configure_says_how_much_may_come(void **state)
{
    struct fake_usb *usb = in_firehose(true);

    fake_usb_send_text(usb, DOCUMENT("<configure MaxPayloadSizeToTargetInBytes=\"8192\"/>"));
    phone_has_text(usb, PHONE("<configure MaxPayloadSizeToTargetInBytes=\"8192\"/>"));
    phone_says(usb, PHONE(ACK));
    assert_non_null(strstr(fake_usb_read(usb, 4096),
                           "value=\"ACK\" rawmode=\"false\" MaxPayloadSizeToTargetInBytes=\"8192\" "
                           "MaxPayloadSizeToTargetInBytesSupported=\"262144\""));
    done(usb);
}

#define PROGRAM                                                                                    \
    DOCUMENT("<program SECTOR_SIZE_IN_BYTES=\"512\" num_partition_sectors=\"4\" "                  \
             "physical_partition_number=\"0\" start_sector=\"2048\" filename=\"boot.img\" "        \
             "label=\"boot\"/>")

static void program_takes_data_in_transfers_of_any_size(void **state)
{
    static const size_t sizes[] = {100, 700, 900, 348};
    struct fake_usb *usb = in_firehose(true);
    uint8_t bytes[2048];
    size_t at = 0;

    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7);
    }
    fake_usb_send_text(usb, PROGRAM);
    phone_has_text(usb, PHONE("<program start_sector=\"2048\" num_partition_sectors=\"4\"/>"));
    phone_says(usb, PHONE(ACK_RAW));
    assert_string_equal(fake_usb_read(usb, 4096), PHONE(ACK_RAW));
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        fake_usb_send(usb, slice_of(bytes + at, sizes[i]));
        assert_true(usb->out_ended);
        at += sizes[i];
    }
    phone_has(usb, RESCUE_PACKET_DATA, slice_of(bytes, 512));
    phone_has(usb, RESCUE_PACKET_DATA, slice_of(bytes + 512, 512));
    phone_has(usb, RESCUE_PACKET_DATA, slice_of(bytes + 1024, 512));
    phone_has(usb, RESCUE_PACKET_DATA, slice_of(bytes + 1536, 512));
    fake_usb_send_text(usb, DOCUMENT("<nop/>")); /* waits for the response */
    phone_has_nothing(usb);
    assert_true(device_owes(&usb->device));
    phone_says(usb, PHONE(ACK));
    assert_string_equal(fake_usb_read(usb, 4096), PHONE(ACK));
    phone_has_text(usb, PHONE("<nop/>"));
    done(usb);
}

static void data_is_sent_in_packets_that_the_phone_takes(void **state)
{
    struct fake_usb *usb = in_firehose(true);
    static uint8_t bytes[600 * 512];

    fake_usb_send_text(usb,
                       DOCUMENT("<program num_partition_sectors=\"600\" start_sector=\"0\"/>"));
    fake_usb_phone_takes(usb, fake_usb_at_phone(usb).size);
    phone_says(usb, PHONE(ACK_RAW));
    fake_usb_read(usb, 4096);
    fake_usb_send(usb, slice_of(bytes, sizeof bytes));
    phone_has(usb, RESCUE_PACKET_DATA, slice_of(bytes, 262144));
    phone_has(usb, RESCUE_PACKET_DATA, slice_of(bytes, sizeof bytes - 262144));
    done(usb);
}

static void a_refused_program_takes_no_data(void **state)
{
    struct fake_usb *usb = in_firehose(true);

    fake_usb_send_text(usb, PROGRAM);
    fake_usb_phone_takes(usb, fake_usb_at_phone(usb).size);
    phone_says(usb, PHONE(NAK));
    assert_string_equal(fake_usb_read(usb, 4096), PHONE(NAK));
    fake_usb_send_text(usb, DOCUMENT("<nop/>"));
    phone_has_text(usb, PHONE("<nop/>"));
    done(usb);
}

/* A command, what the phone gets for it (NULL: nothing), and what the tool then reads. */
static void commands(void **state)
{
    static const struct {
        const char *command, *phone, *reply;
    } rows[] = {
        {DOCUMENT("<nop/>"), PHONE("<nop/>"), NULL},
        {DOCUMENT("<getstorageinfo physical_partition_number=\"0\"/>"), PHONE("<getstorageinfo/>"),
         NULL},
        {DOCUMENT("<erase start_sector=\"64\" num_partition_sectors=\"8\" label=\"x\"/>"),
         PHONE("<erase start_sector=\"64\" num_partition_sectors=\"8\"/>"), NULL},
        {DOCUMENT("<erase/>"), PHONE("<erase/>"), NULL},
        {DOCUMENT("<patch value=\"CRC32(2,4096)\" start_sector=\"NUM_DISK_SECTORS-5.\"/>"),
         PHONE("<configure MaxPayloadSizeToTargetInBytes=\"512\"/>"), NULL},
        {DOCUMENT("<patch value=\"NUM_DISK_SECTORS-34.\"/>"), NULL, "only a patch of"},
        {DOCUMENT("<setbootablestoragedrive value=\"1\"/>"),
         PHONE("<configure MaxPayloadSizeToTargetInBytes=\"512\"/>"), NULL},
        {DOCUMENT("<power value=\"reset\"/>"), PHONE("<reset/>"), NULL},
        {DOCUMENT("<power value=\"off\"/>"), NULL, "only power with value reset"},
        {DOCUMENT("<read filename=\"dump\"/>"), PHONE("<read/>"), NULL},
        {DOCUMENT("<program physical_partition_number=\"1\" start_sector=\"0\" "
                  "num_partition_sectors=\"1\"/>"),
         NULL, "there is one drive"},
        {DOCUMENT("<program SECTOR_SIZE_IN_BYTES=\"4096\" start_sector=\"0\" "
                  "num_partition_sectors=\"1\"/>"),
         NULL, "there is one drive"},
        {DOCUMENT("<program start_sector=\"0\" num_partition_sectors=\"36028797018963968\"/>"),
         NULL, "there is one drive"},
        {DOCUMENT("<sig TargetName=\"req\"/>"), PHONE("<sig TargetName=\"req\"/>"), NULL},
        {"not a document", NULL, "not one command"},
        {DOCUMENT("<nop/><nop/>"), NULL, "not one command"},
    };

    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct fake_usb *usb = in_firehose(true);

        fake_usb_send_text(usb, rows[i].command);
        if (rows[i].phone != NULL) {
            phone_has_text(usb, rows[i].phone);
            phone_says(usb, PHONE(ACK));
            assert_string_equal(fake_usb_read(usb, 4096), PHONE(ACK));
        } else {
            assert_non_null(strstr(fake_usb_read(usb, 4096), rows[i].reply));
            assert_string_equal(fake_usb_read(usb, 4096), PHONE(NAK));
        }
        phone_has_nothing(usb);
        assert_string_equal(fake_usb_read(usb, 4096), "(waiting)");
        done(usb);
    }
}

static void what_the_phone_tells_is_a_log(void **state)
{
    struct fake_usb *usb = in_firehose(true);

    fake_usb_send_text(usb, DOCUMENT("<getstorageinfo/>"));
    phone_says(usb, PHONE("<storage value=\"8192 512\"/>"));
    phone_says(usb, PHONE(ACK));
    assert_string_equal(fake_usb_read(usb, 4096), PHONE("<log value=\"INFO: storage 8192 512\"/>"));
    assert_string_equal(fake_usb_read(usb, 4096), PHONE(ACK));
    done(usb);
}

static void a_small_buffer_gets_a_document_in_parts(void **state)
{
    struct fake_usb *usb = in_firehose(true);
    char whole[256] = "";

    fake_usb_send_text(usb, DOCUMENT("<nop/>"));
    phone_says(usb, PHONE(ACK));
    phone_says(usb, PHONE("<log value=\"more\"/>"));
    while (strlen(whole) < strlen(PHONE(ACK))) {
        strcat(whole, fake_usb_read(usb, 16));
        assert_in_range(usb->size, 1, 16);
    }
    assert_string_equal(whole, PHONE(ACK));
    assert_string_equal(fake_usb_read(usb, 4096), PHONE("<log value=\"more\"/>"));
    done(usb);
}

static void a_phone_that_says_nonsense_is_called_anew(void **state)
{
    static const char *const texts[] = {"", "nonsense", PHONE("<a/><b/>")};

    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        struct fake_usb *usb = in_firehose(true);

        phone_says(usb, texts[i]);
        assert_true(fake_usb_redialled(usb));
        read_packet(usb, 1, 48);
        done(usb);
    }
}

static void a_reset_amid_data_forgets_all(void **state)
{
    struct fake_usb *usb = in_firehose(true);

    fake_usb_send_text(usb, PROGRAM);
    phone_says(usb, PHONE(ACK_RAW));
    fake_usb_send_text(usb, "some of the data");
    device_reset(&usb->device);
    assert_true(fake_usb_redialled(usb));
    phone_has_nothing(usb);
    assert_false(device_owes(&usb->device));
    through_sahara(usb);
    done(usb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sahara_takes_any_programmer),
        cmocka_unit_test(sahara_begins_anew_for_the_next_tool),
        cmocka_unit_test(sahara_answers_what_does_not_belong_with_a_hello),
        cmocka_unit_test(without_an_account_the_phone_refuses_in_its_own_words),
        cmocka_unit_test(an_account_answers_the_challenge),
        cmocka_unit_test(a_refused_account_leaves_the_word_to_the_phone),
        cmocka_unit_test(configure_says_how_much_may_come),
        cmocka_unit_test(program_takes_data_in_transfers_of_any_size),
        cmocka_unit_test(data_is_sent_in_packets_that_the_phone_takes),
        cmocka_unit_test(a_refused_program_takes_no_data),
        cmocka_unit_test(commands),
        cmocka_unit_test(what_the_phone_tells_is_a_log),
        cmocka_unit_test(a_small_buffer_gets_a_document_in_parts),
        cmocka_unit_test(a_phone_that_says_nonsense_is_called_anew),
        cmocka_unit_test(a_reset_amid_data_forgets_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
