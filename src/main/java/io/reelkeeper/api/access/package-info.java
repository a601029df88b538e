/// Who calls, and what they may do: API keys, roles, apps.
@NamedInterface("access")
@NullMarked
package io.reelkeeper.api.access;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
