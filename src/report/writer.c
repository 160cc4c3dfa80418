/* Calls go to the table that each writer brings. */
#include "report/writer.h"

enum status report_begin(struct report_writer *writer)
{
    return writer->begin(writer);
}

enum status report_event(struct report_writer *writer, const struct report_event *event)
{
    return writer->event == NULL ? STATUS_OK : writer->event(writer, event);
}

enum status report_session(struct report_writer *writer, const struct report_session *session)
{
    return writer->session(writer, session);
}

enum status report_end(struct report_writer *writer, const struct report_input *input,
                       const struct tally *tally)
{
    return writer->end(writer, input, tally);
}

void report_writer_free(struct report_writer *writer)
{
    if (writer != NULL)
        writer->free(writer);
}
