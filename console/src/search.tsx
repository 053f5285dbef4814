import {useEffect, useState} from "preact/hooks";
import {change} from "./route";

/** The field for words; `what` names the records in it, such as "event". */
export function Search({value, what}: {value: string; what: string}) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        change({q: text.trim() || null});
      }}
    >
      <input
        type="search"
        data-search
        aria-label={`Words in the title or the ${what} id`}
        placeholder={`Words in the title, or an ${what} id`}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          if (event.currentTarget.value === "") change({q: null});
        }}
      />
    </form>
  );
}
