// GELU as a CUDA kernel in a program: numbers on standard input, as many on standard output.
//
//     nvcc -O2 -o gelu-cuda gelu.cu
//     actcli audit exec:./gelu-cuda gelu
//
#include <cstdio>
#include <cstdlib>
#include <vector>
#include <cuda_runtime.h>

__global__ void gelu(float *values, size_t count) {
    size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x;
    if (i < count) {
        float x = values[i];
        values[i] = 0.5f * x * (1.0f + erff(x * 0.70710678f));
    }
}

// A failure ends the program with a status and one line, which actcli repeats.
static void check(cudaError_t error) {
    if (error != cudaSuccess) {
        std::fprintf(stderr, "%s\n", cudaGetErrorString(error));
        std::exit(1);
    }
}

int main() {
    const size_t block = 1 << 20;
    const unsigned threads = 256;
    std::vector<float> values(block);
    float *device = nullptr;
    check(cudaMalloc(&device, block * sizeof(float)));

    size_t n;
    while ((n = std::fread(values.data(), sizeof(float), block, stdin)) > 0) {
        check(cudaMemcpy(device, values.data(), n * sizeof(float), cudaMemcpyHostToDevice));
        gelu<<<(unsigned)((n + threads - 1) / threads), threads>>>(device, n);
        check(cudaGetLastError());
        check(cudaMemcpy(values.data(), device, n * sizeof(float), cudaMemcpyDeviceToHost));
        if (std::fwrite(values.data(), sizeof(float), n, stdout) < n)
            return 1;
    }
    check(cudaFree(device));
    return 0;
}
