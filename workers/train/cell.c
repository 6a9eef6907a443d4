/* cell.c: the recurrent cell of the encoder, forward and backward, for training (net.py calls it by ctypes).
 *
 * A row is a token; sentences lie behind one another, and start[t] (end[t]) tells where one begins (ends): the state
 * is zero there. D channels, the first half of which runs forward, the second backward in time. With u = x W + b, in
 * four blocks of D columns z, c, r, and the skip s = x (given apart):
 *     z_t = sigmoid(u_z + v_z h_{t-1})     h_t = h_{t-1} + z_t (u_c - h_{t-1})
 *     r_t = sigmoid(u_r + v_r h_{t-1})     y_t = s_t + r_t (h_t - s_t)
 * workers/engine does the same in its own way; tests compare both. */
#include <math.h>
#include <string.h>

static inline float sigmoid(float x)
{
    return 1.0f / (1.0f + expf(-x));
}

/* u [n][3d], s, y, h [n][d], v [2][d]; keeps z and r in place of u's blocks z and r. */
void cell_forward(long n, long d, float *restrict u, const float *restrict s, const float *restrict v,
                  const unsigned char *start, const unsigned char *end, float *restrict h, float *restrict y)
{
    long half = d / 2;
    static const float zero[4096];
    for (int dir = 0; dir < 2; dir++) {
        long o = dir * half;
        for (long i = 0; i < n; i++) {
            long t = dir ? n - 1 - i : i;
            const float *before = (dir ? end[t] : start[t]) ? zero : h + (dir ? t + 1 : t - 1) * d + o;
            float *uz = u + t * 3 * d + o, *uc = uz + d, *ur = uc + d, *ht = h + t * d + o, *yt = y + t * d + o;
            const float *st = s + t * d + o, *vz = v + o, *vr = v + d + o;
            for (long j = 0; j < half; j++) {
                float z = sigmoid(uz[j] + vz[j] * before[j]), r = sigmoid(ur[j] + vr[j] * before[j]);
                float now = before[j] + z * (uc[j] - before[j]);
                ht[j] = now;
                yt[j] = st[j] + r * (now - st[j]);
                uz[j] = z;
                ur[j] = r;
            }
        }
    }
}

/* gy [n][d] in; gu [n][3d], gs [n][d] out; gv [2][d] is added to. u as cell_forward left it. */
void cell_backward(long n, long d, const float *restrict u, const float *restrict s, const float *restrict v,
                   const unsigned char *start, const unsigned char *end, const float *restrict h,
                   const float *restrict gy, float *restrict gu, float *restrict gs, float *restrict gv)
{
    long half = d / 2;
    static const float zero[4096];
    float carry[4096];
    for (int dir = 0; dir < 2; dir++) {
        long o = dir * half;
        memset(carry, 0, sizeof carry);
        for (long i = 0; i < n; i++) {
            long t = dir ? i : n - 1 - i; /* against time */
            int first = dir ? end[t] : start[t], last = dir ? start[t] : end[t];
            const float *before = first ? zero : h + (dir ? t + 1 : t - 1) * d + o;
            const float *zt = u + t * 3 * d + o, *ct = zt + d, *rt = ct + d, *ht = h + t * d + o;
            const float *st = s + t * d + o, *vz = v + o, *vr = v + d + o, *g = gy + t * d + o;
            float *gz = gu + t * 3 * d + o, *gc = gz + d, *gr = gc + d, *gst = gs + t * d + o;
            float *gvz = gv + o, *gvr = gv + d + o;
            if (last)
                memset(carry, 0, (size_t)half * sizeof *carry);
            for (long j = 0; j < half; j++) {
                float z = zt[j], r = rt[j], b = before[j];
                float gh = carry[j] + g[j] * r;
                float pr = g[j] * (ht[j] - st[j]) * r * (1 - r);
                float pz = gh * (ct[j] - b) * z * (1 - z);
                gst[j] = g[j] * (1 - r);
                gz[j] = pz;
                gc[j] = gh * z;
                gr[j] = pr;
                gvz[j] += pz * b;
                gvr[j] += pr * b;
                carry[j] = gh * (1 - z) + pz * vz[j] + pr * vr[j];
            }
        }
    }
}
