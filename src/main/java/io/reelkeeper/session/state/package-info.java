/// What a session is: its words and figures, immutable and without a rule.
@NamedInterface("state")
@NullMarked
package io.reelkeeper.session.state;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
