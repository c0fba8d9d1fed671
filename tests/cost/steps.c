/* A program whose cost is known: it runs a "network" of two layers N times. Compiled by test_cost.py for arm64. */
#include <stdlib.h>

enum { LOOPS = 100000, LINES = 4096 };
static volatile char memory[LINES * 64];

static void counting_layer(void)
{
    /* 3 instructions a loop */
    long n = LOOPS;
    __asm__ volatile("1: subs %0, %0, #1\n nop\n b.ne 1b" : "+r"(n) : : "cc");
}

static void reading_layer(void)
{
    for (int i = 0; i < LINES; i++) (void)memory[i * 64];
}

static void (*volatile layers[])(void) = { counting_layer, reading_layer, counting_layer };

__attribute__((noinline)) void Test_Session__Run(void)
{
    for (int i = 0; i < 3; i++) layers[i]();
    __asm__ volatile("");
}

int main(int argc, char **argv)
{
    int runs = argc > 1 ? atoi(argv[1]) : 0;
    for (int i = 0; i < runs; i++) Test_Session__Run();
    return runs > 0 ? 0 : 7;
}
