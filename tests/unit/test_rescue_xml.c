/* SPDX-License-Identifier: MIT */
/* rescue/rescue_xml.h: one element, and nothing beyond it. */
#include "tests/unit/check.h"

#include "rescue/rescue_xml.h"

#define VALUE_127                                                                                  \
    "01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901" \
    "23"                                                                                           \
    "456789012345678901234567890123456"
#define NAME_31 "abcdefghijklmnopqrstuvwxyz01234"

static const struct {
    const char *name;
    const char *text;
    enum err err;
    size_t count; /* of attributes */
} cases[] = {
    {"the least", "<data><nop/></data>", OK, 0},
    {"blank before the end", "<data><nop /></data>", OK, 0},
    {"with a prolog", "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<data>\n <nop/>\r\n</data>\n",
     OK, 0},
    {"attributes", "<data><program label=\"boot\"\tstart_sector=\"0\"/></data>", OK, 2},
    {"an empty value", "<data><sig TargetName=\"\"/></data>", OK, 1},
    {"16 attributes",
     "<data><x a=\"\" b=\"\" c=\"\" d=\"\" e=\"\" f=\"\" g=\"\" h=\"\" i=\"\" j=\"\" k=\"\" l=\"\" "
     "m=\"\" "
     "n=\"\" o=\"\" p=\"\"/></data>",
     OK, 16},
    {"the longest value", "<data><x a=\"" VALUE_127 "\"/></data>", OK, 1},
    {"the longest name", "<data><" NAME_31 "/></data>", OK, 0},
    {"nothing", "", E_RESCUE_XML, 0},
    {"blanks", " \n", E_RESCUE_XML, 0},
    {"no element", "<data></data>", E_RESCUE_XML, 0},
    {"no data", "<nop/>", E_RESCUE_XML, 0},
    {"an open tag", "<data><nop></nop></data>", E_RESCUE_XML, 0},
    {"two elements", "<data><nop/><nop/></data>", E_RESCUE_XML, 0},
    {"two documents", "<data><nop/></data><data><nop/></data>", E_RESCUE_XML, 0},
    {"a byte behind", "<data><nop/></data>x", E_RESCUE_XML, 0},
    {"cut in data", "<data><nop/></dat", E_RESCUE_XML, 0},
    {"cut in a value", "<data><nop a=\"b", E_RESCUE_XML, 0},
    {"cut in the prolog", "<?xml version=\"1.0\"", E_RESCUE_XML, 0},
    {"data with an attribute", "<data a=\"b\"><nop/></data>", E_RESCUE_XML, 0},
    {"no blank between attributes", "<data><x a=\"\"b=\"\"/></data>", E_RESCUE_XML, 0},
    {"blanks around =", "<data><x a = \"\"/></data>", E_RESCUE_XML, 0},
    {"single quotes", "<data><x a='b'/></data>", E_RESCUE_XML, 0},
    {"no value", "<data><x a/></data>", E_RESCUE_XML, 0},
    {"no name", "<data></></data>", E_RESCUE_XML, 0},
    {"a comment", "<data><!-- --><nop/></data>", E_RESCUE_XML, 0},
    {"a document type", "<!DOCTYPE data><data><nop/></data>", E_RESCUE_XML, 0},
    {"an entity", "<data><x a=\"&lt;\"/></data>", E_RESCUE_XML_VALUE, 0},
    {"a tag in a value", "<data><x a=\"<\"/></data>", E_RESCUE_XML_VALUE, 0},
    {"a line end in a value", "<data><x a=\"\n\"/></data>", E_RESCUE_XML_VALUE, 0},
    {"not ASCII", "<data><x a=\"\xc3\xa4\"/></data>", E_RESCUE_XML_VALUE, 0},
    {"a value too long", "<data><x a=\"" VALUE_127 "x\"/></data>", E_RESCUE_XML_VALUE, 0},
    {"a name too long", "<data><" NAME_31 "x/></data>", E_RESCUE_XML_NAME, 0},
    {"an attribute's name too long", "<data><x " NAME_31 "x=\"\"/></data>", E_RESCUE_XML_NAME, 0},
    {"an attribute twice", "<data><x a=\"\" a=\"\"/></data>", E_RESCUE_XML_DUPLICATE, 0},
    {"17 attributes",
     "<data><x a=\"\" b=\"\" c=\"\" d=\"\" e=\"\" f=\"\" g=\"\" h=\"\" i=\"\" j=\"\" k=\"\" l=\"\" "
     "m=\"\" "
     "n=\"\" o=\"\" p=\"\" q=\"\"/></data>",
     E_RESCUE_XML_COUNT, 0},
};

/* A copy of exactly its size: reading beyond it is seen. */
static enum err parse(const char *text, size_t size, struct rescue_xml *out_xml, char **out_copy)
{
    *out_copy = test_malloc(size + 1);
    memcpy(*out_copy + 1, text, size);
    return rescue_xml_parse(slice_of(*out_copy + 1, size), out_xml);
}

static void every_case(void **state)
{
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct rescue_xml xml = {.count = 99};
        char *copy;

        assert_err_in(cases[i].name, parse(cases[i].text, strlen(cases[i].text), &xml, &copy),
                      cases[i].err);
        assert_int_equal(xml.count, cases[i].err == OK ? cases[i].count : 99);
        test_free(copy);
    }
}

static void cut_anywhere_it_is_refused(void **state)
{
    static const char text[] = "<?xml version=\"1.0\"?><data><program label=\"boot\"/></data>";

    for (size_t size = 0; size < sizeof text - 1; size++) {
        struct rescue_xml xml;
        char *copy;

        assert_err(parse(text, size, &xml, &copy), E_RESCUE_XML);
        test_free(copy);
    }
}

static void values_and_numbers(void **state)
{
    static const char text[] =
        "<data><x a=\"0\" b=\"18446744073709551615\" c=\"18446744073709551616\" "
        "d=\"-1\" e=\"\" f=\"1 \" g=\"0x1\" h=\"007\"/></data>";
    static const struct {
        const char *name;
        enum err err;
        uint64_t number;
    } numbers[] = {
        {"a", OK, 0},
        {"b", OK, UINT64_MAX},
        {"c", E_RESCUE_ATTRIBUTE, 0},
        {"d", E_RESCUE_ATTRIBUTE, 0},
        {"e", E_RESCUE_ATTRIBUTE, 0},
        {"f", E_RESCUE_ATTRIBUTE, 0},
        {"g", E_RESCUE_ATTRIBUTE, 0},
        {"h", OK, 7},
        {"missing", E_RESCUE_ATTRIBUTE, 0},
    };
    struct rescue_xml xml;
    struct slice value;

    assert_err(rescue_xml_parse(slice_of(text, sizeof text - 1), &xml), OK);
    assert_true(rescue_xml_is(&xml, "x"));
    assert_false(rescue_xml_is(&xml, "xy"));
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
        uint64_t number = 0;

        assert_err_in(numbers[i].name, rescue_xml_u64(&xml, numbers[i].name, &number),
                      numbers[i].err);
        assert_true(number == numbers[i].number);
    }
    assert_err(rescue_xml_value(&xml, "d", &value), OK);
    assert_int_equal(value.size, 2);
    assert_memory_equal(value.data, "-1", 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case),
        cmocka_unit_test(cut_anywhere_it_is_refused),
        cmocka_unit_test(values_and_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
