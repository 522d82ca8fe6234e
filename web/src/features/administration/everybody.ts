import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, type List } from "../../api/client";
import type { Person } from "../../api/types";

export const everybodyQuery = infiniteQueryOptions({
  queryKey: ["everybody"],
  queryFn: ({ pageParam }) => api.get<List<Person>>(`/people?limit=50${pageParam ? `&cursor=${encodeURIComponent(pageParam)}` : ""}`),
  initialPageParam: "",
  getNextPageParam: (last) => last.next_cursor,
});
