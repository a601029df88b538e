/// What a child process of the harness has beside the product: places where it can be stopped.
@NullMarked
package io.reelkeeper.proof.hook;

import org.jspecify.annotations.NullMarked;
