/// What every phase stands on: the service's processes, PostgreSQL, an Agora, clients, the table.
@NullMarked
package io.reelkeeper.bench.ground;

import org.jspecify.annotations.NullMarked;
