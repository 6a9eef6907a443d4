/* relations.h: the relations of the engine's trees: Universal Dependencies' labels for English, with their
 * subtypes, as far as the treebanks that it learns from use them at least five times. */
#ifndef STANCED_RELATIONS_H
#define STANCED_RELATIONS_H

#include "proto/base/str.h"

/* X(identifier, name, base); sorted by name, so that rel_find() can search. A base stands before its
 * subtypes. */
#define RELATIONS(X)                                                                                         \
    X(REL_ACL, "acl", REL_ACL)                                                                               \
    X(REL_ACL_RELCL, "acl:relcl", REL_ACL)                                                                   \
    X(REL_ADVCL, "advcl", REL_ADVCL)                                                                         \
    X(REL_ADVCL_RELCL, "advcl:relcl", REL_ADVCL)                                                             \
    X(REL_ADVMOD, "advmod", REL_ADVMOD)                                                                      \
    X(REL_AMOD, "amod", REL_AMOD)                                                                            \
    X(REL_APPOS, "appos", REL_APPOS)                                                                         \
    X(REL_AUX, "aux", REL_AUX)                                                                               \
    X(REL_AUX_PASS, "aux:pass", REL_AUX)                                                                     \
    X(REL_CASE, "case", REL_CASE)                                                                            \
    X(REL_CC, "cc", REL_CC)                                                                                  \
    X(REL_CC_PRECONJ, "cc:preconj", REL_CC)                                                                  \
    X(REL_CCOMP, "ccomp", REL_CCOMP)                                                                         \
    X(REL_COMPOUND, "compound", REL_COMPOUND)                                                                \
    X(REL_COMPOUND_PRT, "compound:prt", REL_COMPOUND)                                                        \
    X(REL_CONJ, "conj", REL_CONJ)                                                                            \
    X(REL_COP, "cop", REL_COP)                                                                               \
    X(REL_CSUBJ, "csubj", REL_CSUBJ)                                                                         \
    X(REL_CSUBJ_OUTER, "csubj:outer", REL_CSUBJ)                                                             \
    X(REL_CSUBJ_PASS, "csubj:pass", REL_CSUBJ)                                                               \
    X(REL_DEP, "dep", REL_DEP)                                                                               \
    X(REL_DET, "det", REL_DET)                                                                               \
    X(REL_DET_PREDET, "det:predet", REL_DET)                                                                 \
    X(REL_DISCOURSE, "discourse", REL_DISCOURSE)                                                             \
    X(REL_DISLOCATED, "dislocated", REL_DISLOCATED)                                                          \
    X(REL_EXPL, "expl", REL_EXPL)                                                                            \
    X(REL_FIXED, "fixed", REL_FIXED)                                                                         \
    X(REL_FLAT, "flat", REL_FLAT)                                                                            \
    X(REL_GOESWITH, "goeswith", REL_GOESWITH)                                                                \
    X(REL_IOBJ, "iobj", REL_IOBJ)                                                                            \
    X(REL_LIST, "list", REL_LIST)                                                                            \
    X(REL_MARK, "mark", REL_MARK)                                                                            \
    X(REL_NMOD, "nmod", REL_NMOD)                                                                            \
    X(REL_NMOD_DESC, "nmod:desc", REL_NMOD)                                                                  \
    X(REL_NMOD_POSS, "nmod:poss", REL_NMOD)                                                                  \
    X(REL_NMOD_UNMARKED, "nmod:unmarked", REL_NMOD)                                                          \
    X(REL_NSUBJ, "nsubj", REL_NSUBJ)                                                                         \
    X(REL_NSUBJ_OUTER, "nsubj:outer", REL_NSUBJ)                                                             \
    X(REL_NSUBJ_PASS, "nsubj:pass", REL_NSUBJ)                                                               \
    X(REL_NUMMOD, "nummod", REL_NUMMOD)                                                                      \
    X(REL_OBJ, "obj", REL_OBJ)                                                                               \
    X(REL_OBL, "obl", REL_OBL)                                                                               \
    X(REL_OBL_AGENT, "obl:agent", REL_OBL)                                                                   \
    X(REL_OBL_UNMARKED, "obl:unmarked", REL_OBL)                                                             \
    X(REL_ORPHAN, "orphan", REL_ORPHAN)                                                                      \
    X(REL_PARATAXIS, "parataxis", REL_PARATAXIS)                                                             \
    X(REL_PUNCT, "punct", REL_PUNCT)                                                                         \
    X(REL_REPARANDUM, "reparandum", REL_REPARANDUM)                                                          \
    X(REL_ROOT, "root", REL_ROOT)                                                                            \
    X(REL_VOCATIVE, "vocative", REL_VOCATIVE)                                                                \
    X(REL_XCOMP, "xcomp", REL_XCOMP)

#define RELATION_ENUM(id, name, base) id,
enum relation {
    REL_NONE, /* no tree yet */
    RELATIONS(RELATION_ENUM) REL_COUNT
};
#undef RELATION_ENUM

extern const char *const relation_names[REL_COUNT]; /* "nsubj:pass"; "_" for REL_NONE */

/* The relation of that name. Of an unknown subtype ("obl:tmod") the base; REL_NONE when that is unknown,
 * too. */
enum relation rel_find(struct str name);

/* Without its subtype: REL_NSUBJ_PASS -> REL_NSUBJ. */
enum relation rel_base(enum relation r);

#endif
