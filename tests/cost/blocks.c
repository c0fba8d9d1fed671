/* TCG plugin for QEMU 7.2 (user mode): counts how often each basic block of a program runs, and simulates an L1D/L2 cache
 * for its loads and stores.
 *
 *   out=FILE           where the counts go
 *   cache=L1:W:L2:W    sizes in KiB and ways; without it no cache is simulated
 *   run=SYMBOL         splits the counts into steps: SYMBOL (the end of a symbol's name) is the function that runs a network, and every
 *                      indirect call out of it starts the next step
 *   window=A:B         with run=: count from the A-th entry of that function to its B-th, so that start-up and warm-up are left out
 *   once               with run=: count from the first entry of that function to its return, and end the program there (exit code 0)
 *
 * Each line of the file: step, address, executions, L1D misses, L2 misses, L1D misses that continue a stream, number of instructions, symbol, code.
 * Step -1 is what happens between two networks' runs, or everything without run=.
 *
 * Only the part of QEMU's plugin interface (version 1) that is used here is declared below, so no QEMU headers are needed. */
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef struct { const char *target_name; struct { int min, cur; } version; bool system_emulation; } qemu_info_t;
typedef void (*tb_trans_cb)(qemu_plugin_id_t, struct qemu_plugin_tb *);
typedef void (*udata_cb)(qemu_plugin_id_t, void *);
typedef void (*mem_cb)(unsigned, uint32_t, uint64_t, void *);
typedef void (*exec_cb)(unsigned, void *);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, tb_trans_cb);
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *, int op, void *ptr, uint64_t imm);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, exec_cb, int flags, void *);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *, mem_cb, int flags, int rw, void *);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, udata_cb, void *);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *);
const char *qemu_plugin_insn_symbol(const struct qemu_plugin_insn *);
uint32_t qemu_plugin_mem_size_shift(uint32_t);

EXPORT int qemu_plugin_version = 1;

enum { EXECUTED, L1_MISSES, L2_MISSES, STREAMED, FIGURES };
enum { READ_AND_WRITE = 3, ADD_U64 = 0, BUCKETS = 65536, STREAMS = 16, LINE_BITS = 6 };

typedef struct block {
    struct block *next_in_bucket, *next;
    uint64_t pc;
    uint64_t now[FIGURES];      /* since the program started */
    uint64_t seen[FIGURES];     /* what is already booked on a step */
    uint64_t (*steps)[FIGURES]; /* row 0 is step -1 */
    int rows;
    uint32_t n;
    char symbol[160];
    uint32_t code[];
} block;

static block *table[BUCKETS], *all;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *out = "blocks.txt", *run_symbol;
static bool simulate, counting, once;
static int window_from = 1, window_to = 2, entries, step = -1, next_step;

/* One core's caches: least recently used, 64-byte lines. A miss that continues an ascending or descending stream of
 * lines counts as streamed: a hardware prefetcher would have it under way. */
typedef struct { int sets, ways; uint64_t *tag; uint32_t *use; uint32_t tick; } cache;
static cache l1, l2;
static uint64_t stream[STREAMS];
static int stream_at;

static void cache_init(cache *c, int kib, int ways)
{
    c->ways = ways;
    c->sets = kib * 1024 / 64 / ways;
    c->tag = malloc(sizeof *c->tag * c->sets * ways);
    c->use = calloc((size_t)c->sets * ways, sizeof *c->use);
    memset(c->tag, 0xff, sizeof *c->tag * c->sets * ways);
}

static bool cache_hit(cache *c, uint64_t line)
{
    uint64_t *tag = c->tag + (size_t)(line % c->sets) * c->ways;
    uint32_t *use = c->use + (size_t)(line % c->sets) * c->ways;
    int oldest = 0;
    c->tick++;
    for (int i = 0; i < c->ways; i++) {
        if (tag[i] == line) {
            use[i] = c->tick;
            return true;
        }
        if (c->tick - use[i] > c->tick - use[oldest]) oldest = i;
    }
    tag[oldest] = line;
    use[oldest] = c->tick;
    return false;
}

static void touch(block *b, uint64_t line)
{
    if (cache_hit(&l1, line)) return;
    b->now[L1_MISSES]++;
    bool streamed = false;
    for (int i = 0; i < STREAMS && !streamed; i++) {
        if (line == stream[i] + 1 || line + 1 == stream[i] || line == stream[i] + 2) {
            stream[i] = line;
            streamed = true;
        }
    }
    if (!streamed) {
        stream[stream_at] = line;
        stream_at = (stream_at + 1) % STREAMS;
    }
    if (streamed) b->now[STREAMED]++;
    if (!cache_hit(&l2, line)) b->now[L2_MISSES]++;
}

static void on_memory(unsigned cpu, uint32_t info, uint64_t address, void *p)
{
    (void)cpu;
    uint64_t first = address >> LINE_BITS, last = (address + (1u << qemu_plugin_mem_size_shift(info)) - 1) >> LINE_BITS;
    touch(p, first);
    if (last != first) touch(p, last);
}

/* Books what ran since the last call on the current step. */
static void book(void)
{
    int row = step + 1;
    for (block *b = all; b; b = b->next) {
        if (b->now[EXECUTED] == b->seen[EXECUTED] && b->now[L1_MISSES] == b->seen[L1_MISSES]) continue;
        if (counting) {
            if (row >= b->rows) {
                b->steps = realloc(b->steps, sizeof *b->steps * (row + 1));
                memset(b->steps + b->rows, 0, sizeof *b->steps * (row + 1 - b->rows));
                b->rows = row + 1;
            }
            for (int i = 0; i < FIGURES; i++) b->steps[row][i] += b->now[i] - b->seen[i];
        }
        memcpy(b->seen, b->now, sizeof b->seen);
    }
}

static void on_enter(unsigned cpu, void *p)
{
    (void)cpu, (void)p;
    book();
    entries++;
    counting = entries >= window_from && entries < window_to;
    step = -1;
    next_step = 0;
}

static void on_step(unsigned cpu, void *p)
{
    (void)cpu, (void)p;
    book();
    step = next_step++;
}

static void write_counts(void);

static void on_leave(unsigned cpu, void *p)
{
    (void)cpu, (void)p;
    book();
    step = -1;
    if (once && entries) {
        write_counts();
        _exit(0);
    }
}

static uint32_t instruction(const struct qemu_plugin_tb *tb, size_t i)
{
    uint32_t word;
    memcpy(&word, qemu_plugin_insn_data(qemu_plugin_tb_get_insn(tb, i)), sizeof word);
    return word;
}

static block *find_or_add(const struct qemu_plugin_tb *tb)
{
    size_t n = qemu_plugin_tb_n_insns(tb);
    uint64_t pc = qemu_plugin_tb_vaddr(tb), hash = pc * 0x9E3779B97F4A7C15ull;
    for (size_t i = 0; i < n; i++) hash = (hash ^ instruction(tb, i)) * 0x100000001B3ull;
    size_t at = (hash >> 32) % BUCKETS;
    for (block *b = table[at]; b; b = b->next_in_bucket) {
        if (b->pc != pc || b->n != n) continue;
        size_t i = 0;
        while (i < n && b->code[i] == instruction(tb, i)) i++;
        if (i == n) return b;
    }
    block *b = calloc(1, sizeof *b + sizeof *b->code * n);
    b->pc = pc;
    b->n = (uint32_t)n;
    for (size_t i = 0; i < n; i++) b->code[i] = instruction(tb, i);
    const char *symbol = qemu_plugin_insn_symbol(qemu_plugin_tb_get_insn(tb, 0));
    snprintf(b->symbol, sizeof b->symbol, "%s", symbol && *symbol ? symbol : "?");
    b->next_in_bucket = table[at];
    table[at] = b;
    b->next = all;
    all = b;
    return b;
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && !strcmp(text + n - m, end);
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void)id;
    pthread_mutex_lock(&lock);
    block *b = find_or_add(tb);
    pthread_mutex_unlock(&lock);
    qemu_plugin_register_vcpu_tb_exec_inline(tb, ADD_U64, &b->now[EXECUTED], 1);
    if (run_symbol && ends_with(b->symbol, run_symbol)) {
        uint32_t last = b->code[b->n - 1];
        bool enters = false;
        for (uint32_t i = 0; i < b->n; i++) enters |= (b->code[i] & 0xFFC07FFFu) == 0xA9807BFDu; /* stp x29, x30, [sp, #-N]! */
        if (enters) qemu_plugin_register_vcpu_tb_exec_cb(tb, on_enter, 0, NULL);
        if ((last & 0xFFFFFC1Fu) == 0xD63F0000u) qemu_plugin_register_vcpu_tb_exec_cb(tb, on_step, 0, NULL); /* blr */
        if (last == 0xD65F03C0u) qemu_plugin_register_vcpu_tb_exec_cb(tb, on_leave, 0, NULL);                /* ret */
    }
    if (simulate)
        for (size_t i = 0; i < b->n; i++) qemu_plugin_register_vcpu_mem_cb(qemu_plugin_tb_get_insn(tb, i), on_memory, 0, READ_AND_WRITE, b);
}

static void write_counts(void)
{
    FILE *f = fopen(out, "w");
    if (!f) {
        perror(out);
        return;
    }
    for (block *b = all; b; b = b->next) {
        for (int row = 0; row < b->rows; row++) {
            uint64_t *s = b->steps[row];
            if (!s[EXECUTED]) continue;
            fprintf(f, "%d %llx %llu %llu %llu %llu %u %s ", row - 1, (unsigned long long)b->pc, (unsigned long long)s[EXECUTED],
                    (unsigned long long)s[L1_MISSES], (unsigned long long)s[L2_MISSES], (unsigned long long)s[STREAMED], b->n, b->symbol);
            for (uint32_t k = 0; k < b->n; k++) fprintf(f, "%08x", b->code[k]);
            fputc('\n', f);
        }
    }
    fclose(f);
}

static void on_exit_of_program(qemu_plugin_id_t id, void *p)
{
    (void)id, (void)p;
    if (!run_symbol) {
        counting = true;
        book();
    }
    write_counts();
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    (void)info;
    for (int i = 0; i < argc; i++) {
        int l1_kib, l1_ways, l2_kib, l2_ways;
        if (!strncmp(argv[i], "out=", 4)) {
            out = strdup(argv[i] + 4);
        } else if (!strncmp(argv[i], "run=", 4)) {
            run_symbol = strdup(argv[i] + 4);
        } else if (!strncmp(argv[i], "once", 4)) {
            once = true;
        } else if (sscanf(argv[i], "cache=%d:%d:%d:%d", &l1_kib, &l1_ways, &l2_kib, &l2_ways) == 4) {
            simulate = true;
            cache_init(&l1, l1_kib, l1_ways);
            cache_init(&l2, l2_kib, l2_ways);
        } else if (sscanf(argv[i], "window=%d:%d", &window_from, &window_to) != 2) {
            fprintf(stderr, "blocks: unknown argument '%s'\n", argv[i]);
            return 1;
        }
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
    qemu_plugin_register_atexit_cb(id, on_exit_of_program, NULL);
    return 0;
}
