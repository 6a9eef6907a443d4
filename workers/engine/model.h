/* model.h: the file of a trained model: named tensors, mapped read-only and checked whole before anyone reads them.
 *
 *   header     64 bytes: "STANCEM\n", u32 version, u32 tensors, u64 file size, u64 0, digest_plain() of all behind
 *              the header
 *   directory  80 bytes a tensor: name[40] padded with NUL, u8 type, u8 rank, u16 0, u32 dims[4] (unused: 1), u32 0,
 *              u64 offset, u64 bytes
 *   data       each tensor at a multiple of 64 bytes, row by row
 *
 * All numbers are little-endian. A model is replaced by renaming a new file over it, never by writing into it:
 * processes have it mapped. */
#ifndef STANCED_MODEL_H
#define STANCED_MODEL_H

#include "proto/base/str.h"
#include "proto/reason.h"

#define MODEL_RANK_MAX 4
#define MODEL_ALIGN    64

enum model_type { MODEL_I8 = 1, MODEL_U8, MODEL_I16, MODEL_I32, MODEL_F32, MODEL_U32 };

struct tensor {
    const char *name;
    enum model_type type;
    unsigned rank;
    uint32_t dims[MODEL_RANK_MAX]; /* all at least 1 */
    const void *data;
    size_t bytes;
};

struct model;

/* NULL with a reason "file: ..." when it is not there, cut off, damaged, or of another version. */
struct model *model_open(const char *path, struct reason *why);
void model_close(struct model *m);

size_t model_count(const struct model *m);
const struct tensor *model_at(const struct model *m, size_t i);           /* in the file's order */
const struct tensor *model_find(const struct model *m, const char *name); /* NULL: none */

/* The data of a tensor of this type and shape. A dims[] entry of 0 takes any size and is set to it. NULL with a
 * reason when there is none, or another shape. Floats are checked to be finite. */
const void *model_want(const struct model *m, const char *name, enum model_type type, unsigned rank,
                       uint32_t *dims, struct reason *why);

/* A text; .p NULL with a reason when there is none or it is not UTF-8. */
struct str model_text(const struct model *m, const char *name, struct reason *why);

/* A text of lines: calls each(who, i, line) for line 0, 1, ... and gives their number; 0 with a reason when the text is
 * missing, has an empty line, more than `most` lines, or `each` refuses one (with its reason). */
size_t model_lines(const struct model *m, const char *name, size_t most,
                   bool (*each)(void *who, size_t i, struct str line, struct reason *why), void *who,
                   struct reason *why);

#endif
