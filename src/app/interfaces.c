/* interfaces: what can be sniffed, a line each. */
#include "app/interfaces.h"

#include "app/message.h"
#include "app/terminal.h"
#include "capture/interfaces.h"
#include "report/layout.h"

enum { NAME_COLUMNS = 12, STATE_COLUMNS = 20 };

static const char *state_of(const struct interface *interface)
{
    if (interface->is_any)
        return "all of them";
    if (!interface->is_up)
        return "down";
    if (interface->link_state == LINK_STATE_DISCONNECTED)
        return "up, no link";
    return interface->is_running ? "up" : "up, not running";
}

static void write_interface(struct layout *l, const struct interface *interface)
{
    layout_foreign(l, ROLE_STRONG, interface->name);
    layout_text(l, ROLE_PLAIN, "  ");
    layout_pad(l, NAME_COLUMNS);
    layout_text(l, interface->is_up || interface->is_any ? ROLE_GOOD : ROLE_DIM,
                state_of(interface));
    if (interface->is_loopback)
        layout_text(l, ROLE_PLAIN, ", loopback");
    if (interface->is_wireless)
        layout_text(l, ROLE_PLAIN, ", wireless");
    layout_text(l, ROLE_PLAIN, "  ");
    layout_pad(l, NAME_COLUMNS + STATE_COLUMNS);
    layout_hang(l);
    for (size_t i = 0; i < interface->address_count; i++) {
        layout_text(l, ROLE_PLAIN, i == 0 ? "" : ", ");
        layout_foreign(l, ROLE_PLAIN, interface->addresses[i]);
    }
    if (interface->address_count == 0 && interface->description != NULL)
        layout_foreign(l, ROLE_DIM, interface->description);
    layout_end(l);
}

enum status interfaces_write(FILE *out, enum when colour)
{
    struct layout l = layout_of(out, terminal_columns(), terminal_wants_colour(colour));
    struct interface_list list;
    char error[256] = "out of memory";
    enum status status = interfaces_list(&list, error, sizeof error);

    if (status != STATUS_OK)
        message("%s", error);
    for (size_t i = 0; status == STATUS_OK && i < list.count; i++)
        write_interface(&l, &list.interfaces[i]);
    if (status == STATUS_OK && l.status != STATUS_OK) {
        status = l.status;
        message("interfaces: out of memory");
    }
    interfaces_clear(&list);
    layout_clear(&l);
    return status;
}
