/// What an App ID has for recorders: UIDs, workers, and a watchdog for those that Agora forgot.
@NamedInterface("limits")
@NullMarked
package io.reelkeeper.session.limits;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
