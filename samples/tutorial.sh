# Activation functions, and why gradients vanish: a tutorial in commands.
# Run from the top of the repository: bash samples/tutorial.sh
set -e

echo '## 1. The sigmoid squeezes any number into 0..1'
actcli eval tf.sigmoid -10 10 10

echo
echo '## Where |x| is large its gradient is almost 0: such a weight stops being updated.'
actcli eval tf.sigmoid -10 10 5 --show x,dy --format csv

echo
echo '## 2. tanh squeezes into -1..1 and saturates just so, only steeper'
actcli eval tf.tanh -5 5 10 --show x,y,dy --format table

echo
echo '## 3. relu passes the gradient on unchanged wherever it is open, and is 0 elsewhere'
actcli eval tf.nn.relu -1 1 10

echo
echo '## 4. leaky_relu is never quite shut: its gradient is 1 or alpha'
actcli eval tf.nn.leaky_relu -1 1 10 --show y,dy

echo
echo '## 5. Ten layers deep: the gradient is a product of ten factors'
for f in sigmoid tanh relu; do
    actcli eval $f 2 --show dy --format text |
        awk -v f=$f '{ printf "%-8s f'\''(2)^10 = %.3g\n", f, $1^10 }'
done

echo
echo '## 6. The numbers that TensorFlow 2.0 printed in 2019, bit for bit'
actcli eval tf.sigmoid -10 10 10 --backend tensorflow-2.0

echo
echo '## They were a fast approximation: at -10, far from the true value'
actcli eval sigmoid -10 --show y
actcli eval sigmoid -10 --show y --dtype float64

echo
echo '## 7. Every framework calls its own function leaky_relu'
for name in tf.nn.leaky_relu torch.nn.functional.leaky_relu keras.layers.LeakyReLU; do
    echo "$name(-1) = $(actcli eval $name -1 --show y --format text)"
done

echo
echo '## 8. Fifty layers deep in a random network: the gradient at layer 1 over that at layer 50'
echo '## (samples/flow.png is the picture: actcli flow sigmoid tanh relu selu gelu -o samples/flow.png)'
actcli flow sigmoid tanh relu --format csv |
    awk -F, '$2 == 1 { printf "%-8s %.0e, in theory %.0e\n", $1, $31, $36 }'

echo
echo '## and what becomes of it in training: the loss on two spirals, before and after 60 steps'
actcli flow sigmoid tanh relu --train --depth 12 --width 32 --steps 60 --format csv |
    awk -F, '$2 == 0 || $2 == 60 { printf "%-8s step %2d: %.1f\n", $1, $2, $3 }'
