/// A start request from its bytes to a checked wish: every violation at once, before anything is
/// sent.
@NullMarked
package io.reelkeeper.api.request;

import org.jspecify.annotations.NullMarked;
