#!/usr/bin/python3
"""A session's report is there 300 ms after its last packet."""

import statistics

import clients
import sessions
from live_test import LiveTest, main

SESSIONS = 9
TRIES = 3
WITHIN = 0.3


class Latency(LiveTest):
    def delays(self):
        """From the last packet's time to the arrival of the line, for sessions one by one, with
        nothing after them that could push them out."""
        live = self.live()
        for count in range(1, SESSIONS + 1):
            clients.Talk().deliver().quit()
            live.wait_for_sessions(count)
        live.interrupt_cleanly()
        ends = [sessions.seconds(record["ended"]) for record in live.records()]
        return [came - end for (came, _), end in zip(live.timed_out(), ends)]

    def test_a_report_comes_within_300_ms(self):
        """The median, since this machine has other things to do; and of three tries the best,
        since it may have much to do."""
        medians = []
        for _ in range(TRIES):
            delays = self.delays()
            self.assertGreater(min(delays), 0)
            medians.append(statistics.median(delays))
            print(f"milliseconds after the last packet: median {medians[-1] * 1000:.0f}, "
                  f"most {max(delays) * 1000:.0f}", flush=True)
            if medians[-1] <= WITHIN:
                return
        self.fail(f"medians of {SESSIONS} sessions, in seconds: {medians}")


if __name__ == "__main__":
    main()
