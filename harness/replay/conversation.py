"""The items of one live conversation, in their order."""

from harness.model import JSON


class Conversation:
    """Keeps which items there are and what follows what."""

    def __init__(self) -> None:
        self._order: list[str] = []
        self._items: dict[str, dict[str, JSON]] = {}

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._items

    def item(self, item_id: str) -> dict[str, JSON] | None:
        """Return an item as it was last announced."""
        return self._items.get(item_id)

    def items(self) -> list[dict[str, JSON]]:
        """Return all items, the first one first."""
        return [self._items[item_id] for item_id in self._order]

    def place(self, item_id: str, item: dict[str, JSON], after: str | None = None) -> None:
        """Put an item behind `after`: None is the end, `root` the beginning."""
        self.remove(item_id)
        self._items[item_id] = item
        if after is None:
            self._order.append(item_id)
        else:
            self._order.insert(0 if after == "root" else self._order.index(after) + 1, item_id)

    def keep(self, item_id: str, item: dict[str, JSON]) -> None:
        """Remember what is now known of an item; a new one is placed at the end."""
        if item_id in self._items:
            self._items[item_id] = item
        else:
            self.place(item_id, item)

    def remove(self, item_id: str) -> None:
        """Forget an item; nothing happens when there is none."""
        if self._items.pop(item_id, None) is not None:
            self._order.remove(item_id)

    def predecessor(self, item_id: str) -> str | None:
        """Return what stands before an item; for one that is not placed yet, what would."""
        if item_id not in self._items:
            return self._order[-1] if self._order else None
        index = self._order.index(item_id)
        return self._order[index - 1] if index else None
