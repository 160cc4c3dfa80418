/* The list of interfaces: there is always a loopback, and "any". */
#include <check.h>
#include <ifaddrs.h>
#include <net/if.h>

#include "capture/interfaces.h"
#include "support/suite.h"

static struct interface_list list;
static char error[256];

static void setup(void)
{
    ck_assert_msg(interfaces_list(&list, error, sizeof(error)) == STATUS_OK, "%s", error);
}

static void teardown(void)
{
    interfaces_clear(&list);
    ck_assert_uint_eq(list.count, 0);
    interfaces_clear(&list);
}

static const struct interface *find(const char *name)
{
    for (size_t i = 0; i < list.count; i++)
        if (strcmp(list.interfaces[i].name, name) == 0)
            return &list.interfaces[i];
    ck_abort_msg("%s is not listed", name);
}

static bool has_address(const struct interface *interface, const char *address)
{
    for (size_t i = 0; i < interface->address_count; i++)
        if (strcmp(interface->addresses[i], address) == 0)
            return true;
    return false;
}

START_TEST(loopback_is_listed_with_its_address)
{
    const struct interface *lo = find("lo");

    ck_assert(lo->is_loopback);
    ck_assert(!lo->is_any);
    ck_assert(!lo->is_wireless);
    ck_assert(lo->is_up == lo->is_running);
    ck_assert(!lo->is_up || has_address(lo, "127.0.0.1/8"));
}
END_TEST

START_TEST(any_is_listed_and_is_no_interface_of_its_own)
{
    const struct interface *any = find("any");

    ck_assert(any->is_any);
    ck_assert(any->is_up);
    ck_assert(!any->is_loopback);
    ck_assert_uint_eq(any->address_count, 0);
    ck_assert_ptr_nonnull(any->description);
}
END_TEST

START_TEST(every_network_interface_that_is_up_is_listed_once)
{
    struct if_nameindex *known = if_nameindex();

    ck_assert_ptr_nonnull(known);
    for (size_t i = 0; known[i].if_name != NULL; i++) {
        size_t count = 0;

        for (size_t k = 0; k < list.count; k++)
            count += strcmp(list.interfaces[k].name, known[i].if_name) == 0;
        ck_assert_msg(count == 1, "%s: %zu times", known[i].if_name, count);
    }
    if_freenameindex(known);
}
END_TEST

START_TEST(what_carries_no_ip_is_left_out)
{
    static const char *const strangers[] = { "bluetooth", "dbus", "nflog", "nfqueue", "usbmon" };

    for (size_t i = 0; i < list.count; i++)
        for (size_t k = 0; k < sizeof(strangers) / sizeof(strangers[0]); k++)
            ck_assert_ptr_null(strstr(list.interfaces[i].name, strangers[k]));
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("interfaces");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, loopback_is_listed_with_its_address);
    tcase_add_test(tc, any_is_listed_and_is_no_interface_of_its_own);
    tcase_add_test(tc, every_network_interface_that_is_up_is_listed_once);
    tcase_add_test(tc, what_carries_no_ip_is_left_out);
    return suite_run("interfaces", tc);
}
