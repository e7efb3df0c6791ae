/* GELU as a program: float32 numbers on standard input, as many on standard output.

       cc -O2 -o gelu gelu.c -lm
       actcli audit exec:./gelu gelu

   With the argument `derivative` it gives the derivative. */
#include <math.h>
#include <stdio.h>

enum { BLOCK = 1 << 14 };

static float gelu(float x) {
    return 0.5f * x * (1.0f + erff(x * 0.70710678f));
}

static float derivative(float x) {
    float density = 0.39894228f * expf(-0.5f * x * x);
    return 0.5f * (1.0f + erff(x * 0.70710678f)) + x * density;
}

int main(int count, char **words) {
    float (*function)(float) = count > 1 && words[1][0] == 'd' ? derivative : gelu;
    static float values[BLOCK];
    size_t n;

    while ((n = fread(values, sizeof *values, BLOCK, stdin)) > 0) {
        for (size_t i = 0; i < n; i++)
            values[i] = function(values[i]);
        if (fwrite(values, sizeof *values, n, stdout) < n)
            return 1;
    }
    return ferror(stdin) ? 1 : 0;
}
