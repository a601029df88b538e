/// What an App ID has for recorders: UIDs and workers.
@NamedInterface("limits")
@NullMarked
package io.reelkeeper.session.limits;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
