/// A start request from its bytes to a checked wish: every violation at once, before anything is
/// sent.
@NamedInterface("request")
@NullMarked
package io.reelkeeper.api.request;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
