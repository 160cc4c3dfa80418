"""The section of docs/performance.md about live capture, out of what tools/bench-live kept."""

from workbench import table

MISSING = "Not measured yet: `tools/bench --only live`, as root."


def rate(one):
    """Packets a second without loss; more could not be sent where the player's most was taken."""
    return f"{'at least ' if one['is_most'] else ''}{one['rate']:,.0f}"


def parts(result, about):
    if result is None:
        return ["## Live", MISSING]
    rows = [[f"{row['frame']:,}", f"{row['most']:,.0f}", rate(row["tcpdump"]), rate(row["smtpscope"])]
            for row in result["rates"]]
    costs = [[f"{row['asked']:,}", f"{row['sessions']:,.0f}", f"{row['packets']:,.0f}",
              f"{row['smtpscope']:.1f} %", f"{row['smtpscope_per_1000']:.1f} %",
              f"{row['tcpdump']:.1f} %", f"{row['lost']:,}"] for row in result["costs"]]
    return [
        "## Live", about(result),
        "A veth pair between two network namespaces of this machine; `tcpreplay` plays deliveries at "
        "one end, the program listens at the other, with the buffer that it has unasked. Player, "
        "kernel and program share the machine's cores, so that these are floors: a card and a host of "
        "its own cannot be had here, and nor can more than one queue.",
        "### Packets a second without loss",
        "The highest rate at which the kernel dropped nothing, found by halving "
        f"{result['steps']} times between none and the player's most, "
        f"{result['seconds']:g} s each. Frames of the client's content have the size given (the "
        "check sequence included); each program listens alone.",
        table(["octets a frame", "player's most", "tcpdump -w /dev/null", "smtpscope live -f ndjson"],
              rows),
        "### What sessions cost",
        f"Deliveries of {result['message']} octets; time of the processor (user and system) of each "
        "program alone, in per cent of one core.",
        table(["sessions a second", "sent", "packets a second", "smtpscope live",
               "smtpscope, a 1,000 sessions a second", "tcpdump -w /dev/null", "lost by smtpscope"], costs),
    ]
