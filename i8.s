ldr	q1, [x0]
addp	v26.16b, v26.16b, v27.16b
ldr	q27, [x0, #0x30]
addp	v28.16b, v28.16b, v29.16b
ldr	q29, [x0, #0x60]
cmgt	v30.16b, v16.16b, v30.16b
ldr	q0, [x0, #0x10]
cmgt	v31.16b, v17.16b, v31.16b
ldr	q8, [x0, #0x40]
cmgt	v7.16b, v18.16b, v7.16b
ldr	q9, [x0, #0x70]
cmgt	v6.16b, v19.16b, v6.16b
ldr	q10, [x0, #0x20]
uzp1	v11.16b, v26.16b, v28.16b
ldr	q12, [x0, #0x50]
uzp2	v26.16b, v26.16b, v28.16b
cmgt	v5.16b, v20.16b, v5.16b
cmgt	v4.16b, v21.16b, v4.16b
cmgt	v3.16b, v22.16b, v3.16b
cmgt	v2.16b, v23.16b, v2.16b
mov	v28.16b, v26.16b
sri	v28.16b, v11.16b, #0x4
sli	v11.16b, v26.16b, #0x4
cmgt	v1.16b, v16.16b, v1.16b
cmgt	v27.16b, v19.16b, v27.16b
cmgt	v29.16b, v22.16b, v29.16b
cmgt	v0.16b, v17.16b, v0.16b
eor	v28.16b, v28.16b, v24.16b
eor	v11.16b, v11.16b, v24.16b
cmgt	v8.16b, v20.16b, v8.16b
cmgt	v9.16b, v23.16b, v9.16b
cmgt	v10.16b, v18.16b, v10.16b
cmgt	v12.16b, v21.16b, v12.16b
str	q28, [x2]
str	q11, [x2, x3]
mov	x2, x7
sub	x5, x5, #0x1
neg	x7, x5
and	x6, x6, x7, asr #63
add	x0, x0, x6
add	x7, x2, x4
mov	x6, x8
mov	x4, x9
sri	v1.16b, v30.16b, #0x4
add	x10, x0, x1
ldr	q30, [x10]
sri	v27.16b, v6.16b, #0x4
ldr	q6, [x10, #0x30]
sri	v29.16b, v3.16b, #0x4
ldr	q3, [x10, #0x60]
sri	v0.16b, v31.16b, #0x4
ldr	q31, [x10, #0x10]
sri	v8.16b, v5.16b, #0x4
ldr	q5, [x10, #0x40]
sri	v9.16b, v2.16b, #0x4
ldr	q2, [x10, #0x70]
sri	v10.16b, v7.16b, #0x4
ldr	q7, [x10, #0x20]
sri	v12.16b, v4.16b, #0x4
ldr	q4, [x10, #0x50]
and	v1.16b, v1.16b, v25.16b
and	v27.16b, v27.16b, v25.16b
and	v29.16b, v29.16b, v25.16b
and	v0.16b, v0.16b, v25.16b
and	v8.16b, v8.16b, v25.16b
and	v9.16b, v9.16b, v25.16b
and	v10.16b, v10.16b, v25.16b
and	v12.16b, v12.16b, v25.16b
addp	v26.16b, v1.16b, v0.16b
addp	v27.16b, v10.16b, v27.16b
