/* Asks the libraries who they are. */
#include "capture/libraries.h"

#include <zlib.h>
#include <zstd.h>

const char *capture_zlib_version(void)
{
    return zlibVersion();
}

const char *capture_zstd_version(void)
{
    return ZSTD_versionString();
}
