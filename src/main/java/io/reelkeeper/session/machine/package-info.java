/// What a session is and what every signal means to it: words and one pure function.
@NamedInterface("machine")
@NullMarked
package io.reelkeeper.session.machine;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
