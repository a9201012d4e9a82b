#include "textflag.h"

// CHECK16 has ones in each byte of OUT whose byte is not what is wanted. Its kind is looked
// up by both halves, and is what the two tables agree on; bytes beyond ASCII have none.
#define CHECK16(offset, wanted, OUT) \
	VMOVDQU offset(SI), X1; \
	VPSRLW $4, X1, X2; \
	VPAND X8, X2, X2; \
	VPSHUFB X1, X9, X1; \
	VPSHUFB X2, X10, X2; \
	VPAND X1, X2, X2; \
	VPAND wanted<>(SB), X2, X2; \
	VPCMPEQB X2, X11, OUT

#define BYTES16(name, low, high) \
	DATA name<>+0(SB)/8, low; \
	DATA name<>+8(SB)/8, high; \
	GLOBL name<>(SB), RODATA|NOPTR, $16

// Kinds of bytes as bits: 1 a decimal digit, 2 a letter of a hexadecimal digit, 4 a hyphen.
BYTES16(halves, $0x0f0f0f0f0f0f0f0f, $0x0f0f0f0f0f0f0f0f)
BYTES16(lowers, $0x0103030303030301, $0x0000040000000101)
BYTES16(uppers, $0x0002000201040000, $0x0000000000000000)

// What is wanted of the bytes from 0, from 16 and from 20 on.
BYTES16(front, $0x0303030303030303, $0x0303040303030304)
BYTES16(middle, $0x0403030303040303, $0x0303030303030303)
BYTES16(back, $0x0303030304030303, $0x0303030303030303)

// func isUUIDAVX(text *byte) (ok bool)
TEXT ·isUUIDAVX(SB), NOSPLIT, $0-9
	MOVQ text+0(FP), SI
	VMOVDQU halves<>(SB), X8
	VMOVDQU lowers<>(SB), X9
	VMOVDQU uppers<>(SB), X10
	VPXOR X11, X11, X11
	CHECK16(0, front, X3)
	CHECK16(16, middle, X4)
	CHECK16(20, back, X5)
	VPOR X3, X4, X3
	VPOR X3, X5, X3
	VPTEST X3, X3
	SETEQ ok+8(FP)
	RET
