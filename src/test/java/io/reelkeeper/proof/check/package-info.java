/// The model that every trial is held against: what happened, what was said, and what must agree.
@NullMarked
package io.reelkeeper.proof.check;

import org.jspecify.annotations.NullMarked;
