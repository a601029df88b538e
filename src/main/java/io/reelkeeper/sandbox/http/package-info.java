/// The sandbox's own HTTP listeners, one per domain.
@NullMarked
package io.reelkeeper.sandbox.http;

import org.jspecify.annotations.NullMarked;
