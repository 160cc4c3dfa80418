# Blanks what is not code in C sources, line by line, for the checks that read them. Prints
# FILE:LINE:CODE with strings emptied, but those of #include, and comments gone; with -v comments=1
# FILE:LINE:COMMENT instead, where a // comment begins with the control character 1.
FNR == 1 { in_comment = 0 }
function opens() {
    return is_include ? match(rest, /\/[*\/]/) : match(rest, /\/[*\/]|["']/)
}
{
    rest = $0
    code = said = ""
    is_include = !in_comment && rest ~ /^[ \t]*#[ \t]*include/
    while (rest != "") {
        if (in_comment) {
            at = index(rest, "*/")
            said = said (at ? substr(rest, 1, at - 1) : rest)
            if (!at)
                break
            in_comment = 0
            rest = substr(rest, at + 2)
            code = code " "
            continue
        }
        if (!opens()) {
            code = code rest
            break
        }
        opening = substr(rest, RSTART, RLENGTH)
        code = code substr(rest, 1, RSTART - 1)
        rest = substr(rest, RSTART + RLENGTH)
        if (opening == "/*") {
            in_comment = 1
        } else if (opening == "//") {
            said = said "\001" rest
            break
        } else {
            # To the closing quote; a backslash takes the next character with it.
            while (rest != "" && substr(rest, 1, 1) != opening)
                rest = substr(rest, substr(rest, 1, 1) == "\\" ? 3 : 2)
            rest = substr(rest, 2)
            code = code opening opening
        }
    }
    print FILENAME ":" FNR ":" (comments ? said : code)
}
