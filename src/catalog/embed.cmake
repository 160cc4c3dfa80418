# Included by CMakeLists.txt: adds the step that turns catalog.json into C. Run as a script (cmake -P)
# it is that step: -D INPUT=catalog.json -D OUTPUT=builtin.c.
if(CMAKE_SCRIPT_MODE_FILE)
    file(READ ${INPUT} octets HEX)
    string(REGEX REPLACE "(................................)" "\\1\n" octets "${octets}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," octets "${octets}")
    file(WRITE ${OUTPUT} "/* Made of catalog.json by embed.cmake. */
#include \"catalog/builtin.h\"

static const uint8_t octets[] = {
${octets}
};

struct slice catalog_builtin(void)
{
    return slice_of(octets, sizeof(octets));
}
")
    return()
endif()

set(catalog_builtin ${SMTPSCOPE_GENERATED_DIR}/catalog/builtin.c)
add_custom_command(OUTPUT ${catalog_builtin}
    COMMAND ${CMAKE_COMMAND} -D INPUT=${CMAKE_CURRENT_SOURCE_DIR}/catalog.json
        -D OUTPUT=${catalog_builtin} -P ${CMAKE_CURRENT_SOURCE_DIR}/embed.cmake
    DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/catalog.json ${CMAKE_CURRENT_SOURCE_DIR}/embed.cmake
    VERBATIM)
list(APPEND catalog_generated ${catalog_builtin})
