export const DRAWING = `<svg class="face" viewBox="0 0 200 200" aria-hidden="true">
<circle class="halo" cx="100" cy="100" r="96"/>
<clipPath id="disc"><circle cx="100" cy="100" r="90"/></clipPath>
<g clip-path="url(#disc)"><circle class="back" cx="100" cy="100" r="90"/>
<path class="hair" d="M44 100c-4-42 22-70 58-70s60 26 55 70c-1 14 4 30-2 46-8 16-22 18-34 14H72c-16 2-24-8-26-22-2-12-1-26-2-38z"/>
<path class="hair" d="M164 96h8v8h-8zM170 112h6v6h-6zM162 124h10v10h-10zM174 130h5v5h-5zM168 82h5v5h-5z"/>
<path class="coat" d="M22 200c2-30 26-40 56-44h44c30 4 54 14 56 44z"/>
<path class="trim" d="M78 156l22 26 22-26 10 3-32 36-32-36z"/>
<path class="neck" d="M82 136h36v22l-18 20-18-20z"/>
<g class="head"><path class="skin" d="M56 92c0-30 18-46 44-46s44 16 44 46c0 36-20 64-44 64S56 128 56 92z"/>
<path class="hair" d="M54 98c-4-36 16-58 50-58 30 0 46 20 42 54-10-6-16-16-18-26-16 14-44 14-58 8-8 6-12 12-16 22z"/>
<g class="cheek"><circle cx="70" cy="118" r="8"/><circle cx="130" cy="118" r="8"/></g>
<g class="line"><path d="M69 86q10-7 20-1M111 85q10-6 20 1"/><path d="M100 104q-5 9 1 12"/></g>
<g class="eye"><ellipse cx="80" cy="100" rx="5.5" ry="7"/><ellipse cx="120" cy="100" rx="5.5" ry="7"/></g>
<g class="glint"><circle cx="82" cy="97" r="1.8"/><circle cx="122" cy="97" r="1.8"/></g>
<clipPath id="lips"><path class="outline" d="M82 132C89.2 140 110.8 140 118 132C110.8 141 89.2 141 82 132Z"/></clipPath>
<g clip-path="url(#lips)"><path class="mouth" d="M60 110h80v60H60z"/><ellipse class="tongue" cx="100" cy="156" rx="12" ry="9"/><rect class="teeth" x="70" y="118" width="60"/></g>
<path class="outline lip" d="M82 132C89.2 140 110.8 140 118 132C110.8 141 89.2 141 82 132Z"/></g>
<g class="set"><path d="M52 98c-6-44 16-64 48-64s54 20 48 64"/><path class="boom" d="M52 112c2 24 12 34 30 37"/><rect x="44" y="90" width="13" height="28" rx="6"/><rect x="143" y="90" width="13" height="28" rx="6"/><circle cx="84" cy="149" r="4.5"/></g>
</g></svg>`;
