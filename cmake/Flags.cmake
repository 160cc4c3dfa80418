# Compiler and linker flags. Everything we compile links smtpscope_flags, nothing else sets flags.
include(CheckCCompilerFlag)
include(CheckPIESupported)

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Debug or RelWithDebInfo" FORCE)
endif()

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
check_pie_supported(LANGUAGES C)

# Assertions stay on in every build: they guard what is read from strangers.
foreach(type RELEASE RELWITHDEBINFO MINSIZEREL)
    string(REGEX REPLACE "[-/]DNDEBUG" "" CMAKE_C_FLAGS_${type} "${CMAKE_C_FLAGS_${type}}")
endforeach()

add_library(smtpscope_flags INTERFACE)
target_compile_definitions(smtpscope_flags INTERFACE _GNU_SOURCE)
target_compile_options(smtpscope_flags INTERFACE
    -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
    -Wvla -Wswitch-enum -Wformat=2)

if(SMTPSCOPE_WERROR)
    target_compile_options(smtpscope_flags INTERFACE -Werror)
endif()

if(SMTPSCOPE_SANITIZE)
    set(sanitize -fsanitize=${SMTPSCOPE_SANITIZE} -fno-sanitize-recover=all)
    target_compile_options(smtpscope_flags INTERFACE ${sanitize} -fno-omit-frame-pointer)
    target_link_options(smtpscope_flags INTERFACE ${sanitize})
endif()

if(SMTPSCOPE_FUZZ)
    if(NOT CMAKE_C_COMPILER_ID MATCHES Clang)
        message(FATAL_ERROR "SMTPSCOPE_FUZZ needs clang: cmake --preset fuzz")
    endif()
    # The executables that are fuzz targets add the driver itself: tests/fuzz/CMakeLists.txt.
    target_compile_options(smtpscope_flags INTERFACE -fsanitize=fuzzer-no-link)
    target_link_options(smtpscope_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(SMTPSCOPE_COVERAGE)
    target_compile_options(smtpscope_flags INTERFACE --coverage -fprofile-update=atomic)
    target_link_options(smtpscope_flags INTERFACE --coverage)
endif()

# _FORTIFY_SOURCE needs an optimising build, and hides overruns from the sanitizers.
if(SMTPSCOPE_HARDENING AND NOT CMAKE_BUILD_TYPE STREQUAL Debug AND NOT SMTPSCOPE_SANITIZE)
    target_compile_options(smtpscope_flags INTERFACE
        -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong
        -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
    target_link_options(smtpscope_flags INTERFACE -Wl,-z,relro,-z,now)
    check_c_compiler_flag(-fcf-protection SMTPSCOPE_HAS_CF_PROTECTION)
    if(SMTPSCOPE_HAS_CF_PROTECTION)
        target_compile_options(smtpscope_flags INTERFACE -fcf-protection)
    endif()
endif()

# Objects of a few hundred octets are copied and zeroed by moves: gcc for x86 takes string
# instructions from 64 octets on, which take longer to begin than to do it.
if(NOT CMAKE_BUILD_TYPE STREQUAL Debug)
    set(moves
        -mmemset-strategy=unrolled_loop:512:noalign,libcall:-1:noalign
        -mmemcpy-strategy=unrolled_loop:256:noalign,libcall:-1:noalign)
    string(REPLACE ";" " " moves_in_words "${moves}")
    check_c_compiler_flag("${moves_in_words}" SMTPSCOPE_HAS_MOVES)
    if(SMTPSCOPE_HAS_MOVES)
        target_compile_options(smtpscope_flags INTERFACE ${moves})
        target_link_options(smtpscope_flags INTERFACE ${moves})
    endif()
endif()

# The objects hold machine code as well, so that the tests link what is compiled already and only the
# program, which has the property SMTPSCOPE_OPTIMISED_LINK, is compiled again as a whole.
if(SMTPSCOPE_LTO AND CMAKE_C_COMPILER_ID STREQUAL GNU AND NOT CMAKE_BUILD_TYPE STREQUAL Debug
   AND NOT SMTPSCOPE_SANITIZE AND NOT SMTPSCOPE_COVERAGE)
    target_compile_options(smtpscope_flags INTERFACE -flto=auto -ffat-lto-objects)
    target_link_options(smtpscope_flags INTERFACE
        $<IF:$<BOOL:$<TARGET_PROPERTY:SMTPSCOPE_OPTIMISED_LINK>>,-flto=auto,-fno-lto>)
    # Those that read the objects of gcc's link-time optimisation.
    set(CMAKE_AR ${CMAKE_C_COMPILER_AR})
    set(CMAKE_RANLIB ${CMAKE_C_COMPILER_RANLIB})
endif()
