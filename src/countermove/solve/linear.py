"""Small dense linear systems, solved in place."""

from __future__ import annotations

from typing import Any

from numba import njit


@njit(cache=True, nogil=True)
def factor(matrix: Any, n: int, pivot: Any) -> int:
    """LU factors of ``matrix[:n, :n]`` in place, with partial pivoting into ``pivot`` [n].

    Returns the sign of the determinant, 0 where the matrix is singular (or holds a NaN).
    """
    sign = 1
    for k in range(n):
        best, row = abs(matrix[k, k]), k
        for i in range(k + 1, n):
            if abs(matrix[i, k]) > best:
                best, row = abs(matrix[i, k]), i
        if not 1e-300 < best < 1e300:
            return 0
        pivot[k] = row
        if row != k:
            sign = -sign
            for j in range(n):
                matrix[k, j], matrix[row, j] = matrix[row, j], matrix[k, j]
        if matrix[k, k] < 0.0:
            sign = -sign
        inverse = 1.0 / matrix[k, k]
        for i in range(k + 1, n):
            share = matrix[i, k] * inverse
            matrix[i, k] = share
            if share != 0.0:
                for j in range(k + 1, n):
                    matrix[i, j] -= share * matrix[k, j]
    return sign


@njit(cache=True, nogil=True)
def substitute(matrix: Any, n: int, pivot: Any, vector: Any) -> None:
    """``vector[:n]`` <- the solution of the system that ``factor`` has prepared."""
    for k in range(n):
        row = pivot[k]
        if row != k:
            vector[k], vector[row] = vector[row], vector[k]
    for i in range(n):
        total = vector[i]
        for j in range(i):
            total -= matrix[i, j] * vector[j]
        vector[i] = total
    for i in range(n - 1, -1, -1):
        total = vector[i]
        for j in range(i + 1, n):
            total -= matrix[i, j] * vector[j]
        vector[i] = total / matrix[i, i]
