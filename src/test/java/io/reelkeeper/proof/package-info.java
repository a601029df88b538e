/// Faults that need real processes, each injected and judged; `src/docs/proof.md` says which.
@NullMarked
package io.reelkeeper.proof;

import org.jspecify.annotations.NullMarked;
