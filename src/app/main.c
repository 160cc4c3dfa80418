/* The program: everything behind main is in app.h, where tests can reach it. */
#include "app/app.h"

int main(int argc, char **argv)
{
    return (int)app_run(argc, argv);
}
