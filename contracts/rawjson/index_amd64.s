#include "textflag.h"

// MARK16 marks the 16 bytes at an offset: quotes into Q, specials into S. X8 holds
// quotes, X9 backslashes, X10 spaces. Compared as signed numbers, both control characters
// and all that is not ASCII are less than a space.
#define MARK16(offset, Q, S) \
	MOVOU offset(SI), X0; \
	MOVO X0, X1; \
	PCMPEQB X8, X1; \
	PMOVMSKB X1, Q; \
	MOVO X0, X2; \
	PCMPEQB X9, X2; \
	MOVO X10, X3; \
	PCMPGTB X0, X3; \
	POR X2, X3; \
	PMOVMSKB X3, S

#define FILL(byte, X) \
	MOVQ byte, AX; \
	MOVQ AX, X; \
	PUNPCKLQDQ X, X

// func markSSE2(data *byte, marks *mark, count int)
TEXT ·markSSE2(SB), NOSPLIT, $0-24
	MOVQ data+0(FP), SI
	MOVQ marks+8(FP), DI
	MOVQ count+16(FP), CX
	FILL($0x2222222222222222, X8)
	FILL($0x5c5c5c5c5c5c5c5c, X9)
	FILL($0x2020202020202020, X10)
	TESTQ CX, CX
	JZ done

next:
	MARK16(0, R8, R9)
	MARK16(16, R10, R11)
	SHLQ $16, R10
	SHLQ $16, R11
	ORQ R10, R8
	ORQ R11, R9
	MARK16(32, R10, R11)
	SHLQ $32, R10
	SHLQ $32, R11
	ORQ R10, R8
	ORQ R11, R9
	MARK16(48, R10, R11)
	SHLQ $48, R10
	SHLQ $48, R11
	ORQ R10, R8
	ORQ R11, R9
	MOVQ R8, 0(DI)
	MOVQ R9, 8(DI)
	ADDQ $64, SI
	ADDQ $16, DI
	DECQ CX
	JNZ next

done:
	RET
