/// What every signal means to a session: one pure function and its rules.
@NamedInterface("machine")
@NullMarked
package io.reelkeeper.session.machine;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
