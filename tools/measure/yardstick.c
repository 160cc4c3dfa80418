/* yardstick CAPTURE: the least that reading a capture with libpcap costs. Times are told as
 * multiples of this. */
#include <pcap/pcap.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE] = "";
    struct pcap_pkthdr *header;
    const u_char *octets;
    pcap_t *handle = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
    int result;

    if (handle == NULL) {
        fprintf(stderr, "yardstick: %s\n", argc == 2 ? error : "it takes one capture");
        return 1;
    }
    do
        result = pcap_next_ex(handle, &header, &octets);
    while (result == 1);
    pcap_close(handle);
    return result == PCAP_ERROR_BREAK ? 0 : 1;
}
