#include "textflag.h"

// MARK32 puts the stops among the 32 bytes at an offset into OUT. Y8 holds quotes, Y9
// backslashes, Y10 spaces. Compared as signed numbers, both control characters and all
// that is not ASCII are less than a space.
#define MARK32(offset, A, B, OUT) \
	VMOVDQU offset(SI), A; \
	VPCMPEQB A, Y8, B; \
	VPCMPEQB A, Y9, Y2; \
	VPCMPGTB A, Y10, A; \
	VPOR B, Y2, B; \
	VPOR A, B, A; \
	VPMOVMSKB A, OUT

#define FILL(byte, X, Y) \
	MOVQ byte, AX; \
	MOVQ AX, X; \
	VPBROADCASTB X, Y

// func markAVX2(data *byte, stops *uint64, count int)
TEXT ·markAVX2(SB), NOSPLIT, $0-24
	MOVQ data+0(FP), SI
	MOVQ stops+8(FP), DI
	MOVQ count+16(FP), CX
	FILL($0x22, X8, Y8)
	FILL($0x5c, X9, Y9)
	FILL($0x20, X10, Y10)
	TESTQ CX, CX
	JZ done

next:
	MARK32(0, Y0, Y1, R8)
	MARK32(32, Y3, Y4, R9)
	SHLQ $32, R9
	ORQ R9, R8
	MOVQ R8, (DI)
	ADDQ $64, SI
	ADDQ $8, DI
	DECQ CX
	JNZ next

done:
	VZEROUPPER
	RET
