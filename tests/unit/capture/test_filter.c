/* Expressions compiled once for each link type. */
#include "capture/filter.h"

#include <check.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>

#include "support/suite.h"

enum { SNAP = 262144 };

/* The program of `filter` for a capture of that DLT_ value; NULL where there is none. */
static struct bpf_program *program_for(struct filter *filter, int dlt, enum status expected)
{
    pcap_t *capture = pcap_open_dead(dlt, SNAP);
    struct bpf_program *program = NULL;
    char reason[FILTER_REASON_MAX] = "";

    ck_assert_ptr_nonnull(capture);
    ck_assert_int_eq(filter_for(filter, capture, &program, reason), expected);
    ck_assert_int_eq(reason[0] != '\0', expected == STATUS_USAGE);
    pcap_close(capture);
    return program;
}

static struct filter *filter_of(const char *expression, bool is_prepared)
{
    struct filter *filter;

    ck_assert_int_eq(filter_new(&filter, expression), STATUS_OK);
    if (is_prepared)
        ck_assert_int_eq(filter_prepare(filter), STATUS_OK);
    return filter;
}

START_TEST(a_link_type_is_compiled_for_once)
{
    struct filter *filter = filter_of("tcp port 25", false);
    struct bpf_program *ethernet = program_for(filter, DLT_EN10MB, STATUS_OK);
    struct bpf_program *raw = program_for(filter, DLT_RAW, STATUS_OK);

    ck_assert_ptr_nonnull(ethernet);
    ck_assert_ptr_nonnull(raw);
    ck_assert_ptr_ne(ethernet, raw);
    ck_assert_ptr_eq(program_for(filter, DLT_EN10MB, STATUS_OK), ethernet);
    ck_assert_ptr_eq(program_for(filter, DLT_RAW, STATUS_OK), raw);
    filter_free(filter);
}
END_TEST

START_TEST(a_prepared_filter_has_every_link_type_that_can_be_analysed)
{
    static const int dlts[] = { DLT_EN10MB,       DLT_LINUX_SLL,
                                DLT_LINUX_SLL2,   DLT_RAW,
                                DLT_NULL,         DLT_LOOP,
                                DLT_IPV4,         DLT_IPV6,
                                DLT_IEEE802_11,   DLT_IEEE802_11_RADIO,
                                DLT_PRISM_HEADER, DLT_IEEE802_11_RADIO_AVS,
                                DLT_PPI,          DLT_PPP,
                                DLT_PPP_SERIAL,   DLT_PPP_ETHER,
                                DLT_PPP_PPPD,     DLT_C_HDLC,
                                DLT_ATM_RFC1483,  DLT_ENC,
                                DLT_PFLOG };
    struct filter *filter = filter_of("tcp port 25", true);

    for (size_t i = 0; i < sizeof dlts / sizeof *dlts; i++)
        ck_assert_ptr_nonnull(program_for(filter, dlts[i], STATUS_OK));
    /* Of another one no frame can be read, and every frame passes. */
    ck_assert_ptr_null(program_for(filter, DLT_USER0, STATUS_OK));
    /* libpcap has no ports for these. */
    (void)program_for(filter, DLT_NFLOG, STATUS_USAGE);
    (void)program_for(filter, DLT_PKTAP, STATUS_USAGE);
    (void)program_for(filter, DLT_MPLS, STATUS_USAGE);
    filter_free(filter);
}
END_TEST

START_TEST(what_does_not_suit_a_link_type_is_told_there_each_time)
{
    for (int is_prepared = 0; is_prepared < 2; is_prepared++) {
        struct filter *filter = filter_of("ether host 2:0:0:0:0:1", is_prepared == 1);

        (void)program_for(filter, DLT_RAW, STATUS_USAGE);
        (void)program_for(filter, DLT_RAW, STATUS_USAGE);
        ck_assert_ptr_nonnull(program_for(filter, DLT_EN10MB, STATUS_OK));
        filter_free(filter);
    }
}
END_TEST

START_TEST(a_name_that_is_not_known_is_looked_up_once)
{
    struct filter *filter = filter_of("tcp port no-such-service", true);

    (void)program_for(filter, DLT_EN10MB, STATUS_USAGE);
    (void)program_for(filter, DLT_RAW, STATUS_USAGE);
    (void)program_for(filter, DLT_IEEE802_11, STATUS_USAGE);
    filter_free(filter);
}
END_TEST

/* Whether a frame of BSD loopback that begins with these octets is one of IPv4. */
static bool passes(struct filter *filter, bool is_swapped, const char *family)
{
    /* The header of a capture file, in either order of octets. */
    const char *header = is_swapped ? "\xA1\xB2\xC3\xD4\0\2\0\4\0\0\0\0\0\0\0\0\0\4\0\0\0\0\0\0"
                                    : "\xD4\xC3\xB2\xA1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\0\0\0\0";
    FILE *file = fmemopen(NULL, 24, "w+");
    struct pcap_pkthdr about = { .caplen = 24, .len = 24 };
    u_char frame[24] = { 0 };
    struct bpf_program *program = NULL;
    char reason[PCAP_ERRBUF_SIZE];
    pcap_t *capture;
    bool result;

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(header, 24, 1, file), 1);
    rewind(file);
    capture = pcap_fopen_offline(file, reason);
    ck_assert_ptr_nonnull(capture);
    ck_assert_int_eq(filter_for(filter, capture, &program, reason), STATUS_OK);
    for (size_t i = 0; i < 4; i++)
        frame[i] = (u_char)family[i];
    frame[4] = 0x45;
    result = pcap_offline_filter(program, &about, frame) != 0;
    pcap_close(capture);
    return result;
}

START_TEST(bsd_loopback_is_in_the_order_of_whoever_captured)
{
    for (int is_prepared = 0; is_prepared < 2; is_prepared++) {
        struct filter *filter = filter_of("ip", is_prepared == 1);

        ck_assert(passes(filter, true, "\0\0\0\2"));
        ck_assert(!passes(filter, true, "\2\0\0\0"));
        ck_assert(passes(filter, false, "\2\0\0\0"));
        ck_assert(!passes(filter, false, "\0\0\0\2"));
        filter_free(filter);
    }
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("filter");

    tcase_add_test(tc, a_link_type_is_compiled_for_once);
    tcase_add_test(tc, a_prepared_filter_has_every_link_type_that_can_be_analysed);
    tcase_add_test(tc, what_does_not_suit_a_link_type_is_told_there_each_time);
    tcase_add_test(tc, a_name_that_is_not_known_is_looked_up_once);
    tcase_add_test(tc, bsd_loopback_is_in_the_order_of_whoever_captured);
    return suite_run("filter", tc);
}
