/// What is answered when something is wrong (RFC 9457), and the pages that explain it.
@NamedInterface("problem")
@NullMarked
package io.reelkeeper.api.problem;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
